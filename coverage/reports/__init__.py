"""Coverage gap reports: what a site, a district or the city does not watch, as a document, a workbook or map layers."""
