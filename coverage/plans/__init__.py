"""数字化方案: which devices a site will have, reviewed before anything is bought, then held against what was put up."""
