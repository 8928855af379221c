"""Accounts that come with a site: one per post, made when its opening is approved (M25, M44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.organisations import organisation_of
from access.users import NewUser, add_account
from foundation.settings import Security
from foundation.work import Work


@dataclass(frozen=True, kw_only=True)
class PostAccount:
    """A post on a site that gets an account."""

    post: str
    role: str
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class ProvisionedAccount:
    """An account made for a post; the password is told once."""

    user_id: int
    login: str
    initial_password: str
    post: str


def provision_accounts(
    work: Work, site_code: str, posts: Sequence[PostAccount], security: Security | None = None
) -> list[ProvisionedAccount]:
    """Make one account per post, named after the site's supervision code."""
    made = []
    for number, post in enumerate(posts, start=1):
        organisation = organisation_of(work, post.organisation_id)
        account = add_account(
            work,
            NewUser(
                login=f"{site_code.lower()}-{number}",
                name=f"{organisation.name} · {post.post}",
                organisation_id=organisation.id,
                roles=frozenset({post.role}),
            ),
            security or Security(),
        )
        made.append(
            ProvisionedAccount(
                user_id=account.user.id, login=account.user.login, initial_password=account.initial_password, post=post.post
            )
        )
    return made
