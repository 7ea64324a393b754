"""The suite of Conduit: a right backend passes all of it, and whatever is wrong is caught where it is asked for."""

from __future__ import annotations

import re
from collections import Counter

import httpx
import pytest
import yaml

from tests.run.suite.conduit_app import FAULTS, Conduit
from tests.run.suite.servers import serving
from verifier.packs import shipped
from verifier.run.record import Request
from verifier.run.suite.client import run_suite
from verifier.run.suite.conduit import SUITE
from verifier.run.suite.expect import EXPLAINED
from verifier.run.suite.steps import Step
from verifier.run.suite.summary import summary

PROFILES = ("openapi", "postman")
OPENAPI = SUITE.profiles["openapi"]


def run(conduit: Conduit, profile: str = "openapi") -> tuple[Request, ...]:
    """The suite on an application, without a network in between."""
    with httpx.Client(transport=httpx.WSGITransport(conduit), base_url="http://conduit") as client:
        return run_suite(SUITE, client, profile=profile)


def failures(requests: tuple[Request, ...]) -> list[str]:
    return [
        f"{request.name}: {check.name} ({check.message})"
        for request in requests
        for check in request.checks
        if not check.passed
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_right_backend_passes(profile: str) -> None:
    with (
        serving(Conduit(list_bodies=profile == "postman")) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        requests = run_suite(SUITE, client, profile=profile)
    assert failures(requests) == []
    assert {request.outcome for request in requests} == {"passed"}
    assert {request.attempts for request in requests} == {1}
    assert summary(requests).pass_rate == 1.0


def test_it_passes_again_on_the_same_data() -> None:
    conduit = Conduit()
    run(conduit)
    assert failures(run(conduit)) == []


def test_a_clock_of_whole_seconds_is_waited_for() -> None:
    assert failures(run(Conduit(whole_seconds=True))) == []
    caught = failures(run(Conduit(frozenset({"list-oldest-first"}), whole_seconds=True)))
    assert any(failure.startswith("articles by Anna: articles[].slug is") for failure in caught)


def test_the_profiles_differ_in_the_bodies_of_lists() -> None:
    for profile, list_bodies in (("openapi", True), ("postman", False)):
        failed = failures(run(Conduit(list_bodies=list_bodies), profile))
        assert failed
        assert all("articles[].body is" in failure for failure in failed)
    assert [step.checks for step in SUITE.profiles["openapi"]] == [step.checks for step in SUITE.profiles["postman"]]


# The request at which each fault shows first, and what is asked there.
CAUGHT = {
    "account-of-first-user": ("Ben's own account", 'user.username is "{ben}"'),
    "anonymous-account": ("one's own account, without a token", "the status is 401 or 403"),
    "anonymous-comment": ("commenting, without a token", "the status is 401 or 403"),
    "anonymous-delete": ("deleting an article, without a token", "the status is 401 or 403"),
    "anonymous-favorite": ("favoriting, without a token", "the status is 401 or 403"),
    "anonymous-publish": ("publishing, without a token", "the status is 401 or 403"),
    "any-email": ("a login with an email that nobody has", "the status is 400, 401, 403, 404 or 422"),
    "any-password": ("a login with somebody else's password", "the status is 400, 401, 403, 404 or 422"),
    "article-without-author": ("Anna publishes an article with two tags", "article.author tells no password"),
    "body-lost": ("Anna publishes an article with two tags", 'article.body is "{first.body}"'),
    "comment-author-of-article": ("Ben comments on the first article", 'comment.author.username is "{ben}"'),
    "comment-body-not-required": ("a comment without a body", "the status is 400, 409 or 422"),
    "comment-deleted-by-anyone": ("Carla deletes the comment of Anna", "the status is 401, 403 or 404"),
    "comment-id-text": ("Ben comments on the first article", "comment.id is an integer"),
    "comment-not-deleted": ("the comments that are left", 'comments[].id is ["{thanks.id}"] in any order'),
    "comment-of-other-article-deleted": ("Anna deletes her comment from another article", "the status is 404"),
    "comment-on-any": ("a comment on an article that is not there", "the status is 404"),
    "comments-following-false": (
        "the comments of the first article, for Carla who follows Ben",
        "comments[id={hello.id}].author.following is true",
    ),
    "comments-of-all": (
        "the comments of the first article, for anybody",
        'comments[].id is ["{hello.id}", "{thanks.id}"] in any order',
    ),
    "created-at-now": ("all articles, for anybody", "articles[].createdAt is a list of times, the newest first"),
    "delete-by-anyone": ("Anna deletes the article of Ben", "the status is 401, 403 or 404"),
    "delete-deletes-all": ("articles with the tag that both had", 'articles[].slug is ["{second.slug}"]'),
    "delete-deletes-all-favorites": ("the second article, for Ben", "article.favorited is true"),
    "delete-fails-with-comments": ("Anna deletes her first article", "the status is 200 or 204"),
    "delete-keeps-comments": ("the comments of an article that is not there", "the status is 404"),
    "delete-not-done": ("the first article is gone", "the status is 404"),
    "email-not-unique": ("a registration with an email that is taken", "the status is 400, 409 or 422"),
    "empty-title-accepted": ("an article with an empty title", "the status is 400, 409 or 422"),
    "errors-unexplained": ("a registration without a password", "an answer with 422 has its errors"),
    "favorite-fails-without-body": ("Ben favorites the first article", "the status is 200 or 201"),
    "favorite-not-saved": ("Carla favorites it too", "article.favoritesCount is 2"),
    "favorite-only-own": ("Ben favorites the first article", "the status is 200 or 201"),
    "favorite-stale": ("Ben favorites the first article", "article.favorited is true"),
    "favorite-twice-counts": ("the first article, for Anna who did not favorite it", "article.favoritesCount is 2"),
    "favorited-by-anyone": ("the first article, for Anna who did not favorite it", "article.favorited is false"),
    "favorited-filter-is-author": (
        "articles that Ben favorited",
        'articles[].slug is ["{second.slug}", "{first.slug}"]',
    ),
    "favorited-integer": ("Anna publishes an article with two tags", "article.favorited is false"),
    "favorites-count-text": ("Anna publishes an article with two tags", "article.favoritesCount is 0"),
    "feed-ignores-page": ("the second page of Ben's feed", 'articles[].slug is ["{first.slug}"]'),
    "feed-of-everybody": ("the feed of Ben, who follows Anna", 'articles[].slug is ["{third.slug}", "{first.slug}"]'),
    "feed-of-followers": ("the feed of Ben, who follows Anna", 'articles[].slug is ["{third.slug}", "{first.slug}"]'),
    "feed-oldest-first": ("the feed of Ben, who follows Anna", 'articles[].slug is ["{third.slug}", "{first.slug}"]'),
    "feed-shadowed": ("the feed of Ben, who follows Anna", "the status is 200"),
    "feed-with-own": ("the feed of Ben, who follows Anna", 'articles[].slug is ["{third.slug}", "{first.slug}"]'),
    "first-error-not-json": ("a registration without a password", "an answer with 422 has its errors"),
    "follow-answers-false": ("Ben follows Anna", "profile.following is true"),
    "follow-mutual": ("Carla's profile, for Ben whom she follows", "profile.following is false"),
    "follow-not-saved": ("Anna's profile, for Carla who follows her", "profile.following is true"),
    "follow-seen-by-all": ("Anna's profile, for anybody, though Ben follows her", "profile.following is false"),
    "follow-twice-fails": ("Carla follows Anna once more", "the status is 200, 201, 204, 400, 403, 404, 409 or 422"),
    "following-false-on-article": ("the first article, for Ben who follows Anna", "article.author.following is true"),
    "forged-accepted": ("changing one's account, with a forged token", "the status is 401 or 403"),
    "health-missing": ("the server is up", "the status is 200"),
    "list-author-of-first": ("all articles, for anybody", 'articles[slug={second.slug}].author.username is "{ben}"'),
    "list-body-toggled": ("all articles, for anybody", "articles[].body is absent"),
    "list-count-inflated": ("all articles, for anybody", "articlesCount is 3 more than {count}"),
    "list-count-of-favorites-zero": ("articles that Ben favorited", "articles[slug={first.slug}].favoritesCount is 2"),
    "list-count-text": ("all articles, of whomever", "articlesCount is an integer"),
    "list-counts-page": ("the first page of Anna's articles", "articlesCount is 2"),
    "list-favorited-false": ("articles that Carla favorited, for Carla", "every articles[].favorited is true"),
    "list-following-false": (
        "all articles, for Ben who follows Anna",
        "articles[slug={first.slug}].author.following is true",
    ),
    "list-ignores-author": ("articles by Anna", 'articles[].slug is ["{third.slug}", "{first.slug}"]'),
    "list-ignores-favorited": ("articles that Ben favorited", 'articles[].slug is ["{second.slug}", "{first.slug}"]'),
    "list-ignores-limit": ("the first page of Anna's articles", 'articles[].slug is ["{third.slug}"]'),
    "list-ignores-offset": ("the second page of Anna's articles", 'articles[].slug is ["{first.slug}"]'),
    "list-ignores-tag": (
        "articles with the tag of two, each with all of its tags",
        'articles[].slug is ["{second.slug}", "{first.slug}"]',
    ),
    "list-item-key-missing": (
        "all articles, for anybody",
        "every articles[].updatedAt is a date and time as of RFC 3339",
    ),
    "list-last-filter-only": ("articles by Anna with the tag of two", 'articles[].slug is ["{first.slug}"]'),
    "list-nothing-fails": ("all articles, of whomever", "the status is 200"),
    "list-oldest-first": ("all articles, for anybody", "articles[].createdAt is a list of times, the newest first"),
    "list-tags-filtered": (
        "articles with the tag of two, each with all of its tags",
        'articles[slug={first.slug}].tagList is ["{shared}", "{early}"] in any order',
    ),
    "negative-offset-fails": ("articles from before the first one", "the status is 200, 400 or 422"),
    "no-token": ("Anna registers", "user.token is text that is not blank"),
    "nonsense-fails": ("one's own account, with nonsense for a token", "the status is 401 or 403"),
    "own-email-taken": ("Anna sets the email that she has", "the status is 200"),
    "password-shown": ("Anna registers", "user tells no password"),
    "profile-always-found": ("a profile that nobody has", "the status is 404"),
    "profile-without-bio": ("Ben follows Anna", "profile.bio is text or null"),
    "redirects-post": ("Anna registers", "the status is 200 or 201"),
    "same-title-fails": ("Anna publishes another of the same title, without tags", "the status is 200 or 201"),
    "second-tag-fails": ("Ben publishes one that shares a tag with it", "the status is 200 or 201"),
    "slug-not-unique": (
        "Anna publishes another of the same title, without tags",
        'article.slug is text other than "{first.slug}"',
    ),
    "tags-lost": ("Anna publishes an article with two tags", 'article.tagList is ["{shared}", "{early}"] in any order'),
    "tags-missing-one": ("all tags, each once", 'tags is a list with "{shared}", "{early}", "{late}" once each'),
    "tags-only-first": ("all tags, each once", 'tags is a list with "{shared}", "{early}", "{late}" once each'),
    "tags-repeated": ("all tags, each once", "tags is a list of texts, each once"),
    "time-without-zone": (
        "Anna publishes an article with two tags",
        "article.createdAt is a date and time as of RFC 3339",
    ),
    "title-not-required": ("an article without a title", "the status is 400, 409 or 422"),
    "token-never-taken": ("Anna's own account", "the status is 200"),
    "unfavorite-for-all": ("Ben takes his favorite back", "article.favoritesCount is 1"),
    "unfavorite-not-saved": ("the first article, for Carla who keeps her favorite", "article.favoritesCount is 1"),
    "unfavorite-twice-fails": ("Ben takes it back once more", "the status is 200, 201, 204, 400, 403, 404, 409 or 422"),
    "unfollow-for-all": ("Anna's profile, for Ben who still does", "profile.following is true"),
    "unfollow-not-saved": ("Anna's profile, for Carla who no longer follows her", "profile.following is false"),
    "unfollow-of-all": ("Ben's profile, for Carla who still follows him", "profile.following is true"),
    "unfollow-twice-fails": (
        "Carla unfollows Anna once more",
        "the status is 200, 201, 204, 400, 403, 404, 409 or 422",
    ),
    "unknown-article-200": ("an article that is not there", "the status is 404"),
    "unknown-article-500": ("an article that is not there", "the status is 404"),
    "unknown-comment-204": ("a comment that is not there is deleted", "the status is 404"),
    "unknown-favorite-500": ("a favorite that is not there", "the status is 404"),
    "unwrapped-article": ("Anna publishes an article with two tags", "article.slug is text that is not blank"),
    "update-by-anyone": ("Anna changes the article of Ben", "the status is 401, 403 or 404"),
    "update-clears-description": (
        "Anna changes the body of her first article",
        'article.description is "{first.description}"',
    ),
    "update-clears-tags": (
        "Anna changes the body of her first article",
        'article.tagList is ["{shared}", "{early}"] in any order',
    ),
    "update-clears-username": ("Anna sets her bio and image", 'user.username is "{anna}"'),
    "update-forgets-bio": ("Anna sets the email that she has", 'user.bio is "{anna.bio}"'),
    "update-forgets-email": ("Carla sets another email and password", 'user.email is "{carla.newemail}"'),
    "update-keeps-slug": (
        "Anna gives her third article a title of its own",
        'article.slug is text other than "{third.slug}"',
    ),
    "update-moves-creation": (
        "Anna changes the body of her first article",
        "article.createdAt is the time {first.created}",
    ),
    "update-not-persisted": ("the first article with its new body", 'article.body is "{first.newbody}"'),
    "update-not-saved": ("Anna sets the email that she has", 'user.bio is "{anna.bio}"'),
    "update-of-all-users": (
        "Ben's profile, for Carla who still follows him",
        'profile.bio is null, or text other than "{anna.bio}"',
    ),
    "update-unknown-500": ("Anna changes an article that is not there", "the status is 404"),
    "username-not-unique": ("a registration with a username that is taken", "the status is 400, 409 or 422"),
    "wrong-article": ("the third article, of the same title", 'article.slug is "{third.slug}"'),
}


def test_all_faults_are_listed() -> None:
    assert set(CAUGHT) == FAULTS


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_is_caught(fault: str) -> None:
    requests = run(Conduit(frozenset({fault})))
    figures = summary(requests)
    assert figures.checks == sum(step.checks for step in OPENAPI)
    assert figures.pass_rate < 1
    first = next(request for request in requests if request.number == figures.first_failure)
    name, check = CAUGHT[fault]
    assert first.name == name
    assert any(one.name.startswith(check) and not one.passed and one.message for one in first.checks)
    assert first.number in figures.roots


def test_every_operation_of_the_specification_is_asked() -> None:
    contract = yaml.safe_load((shipped("fixtures") / "apps" / "openapi.yml").read_text("utf-8"))
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert {step.operation for step in OPENAPI} == set(operations)
    protected = {name for name, operation in operations.items() if "security" in operation}
    assert protected == SUITE.protected


def test_every_protected_operation_is_asked_without_a_token_and_with_a_wrong_one() -> None:
    refused = [step for step in OPENAPI if step.section == "protection"]
    assert all(set(step.status) == {401, 403} for step in refused)
    assert {step.operation for step in refused if step.as_ is None and not step.headers} == SUITE.protected
    assert {step.operation for step in refused if step.forged or step.headers} == SUITE.protected


def test_paths_are_those_of_their_operations() -> None:
    for step in OPENAPI:
        template = re.escape(step.operation.partition(" ")[2]).replace(r"\{", "{").replace(r"\}", "}")
        pattern = re.sub(r"{\w+}", "[^/]+", template)
        assert re.fullmatch(pattern, step.target), step.name


def test_what_is_saved_is_checked() -> None:
    for step in OPENAPI:
        for place in step.saves.values():
            assert place in {one.place for one in step.expects}, step.name


def test_what_is_supposed_is_done_before() -> None:
    done: set[str] = set()
    for step in OPENAPI:
        assert done.issuperset(step.supposes), step.name
        if step.does is not None:
            done.add(step.does)


def test_no_status_of_the_server_s_own_failure_is_right() -> None:
    assert all(200 <= status < 500 for step in OPENAPI for status in step.status)
    assert all(not (set(step.status) & {200, 201, 204}) or EXPLAINED not in step.expects for step in OPENAPI)


def test_names_are_unique_within_a_section() -> None:
    counts = Counter((step.section, step.name) for step in OPENAPI)
    assert max(counts.values()) == 1
    for step in OPENAPI:
        assert max(Counter(one.name for one in step.expects).values(), default=0) <= 1, step.name


def test_values_that_users_write_are_long_enough_to_be_real() -> None:
    for name, template in SUITE.values.items():
        assert len(template.replace("{run}", "12345678")) >= 10, name


# What the public test collection asks, request by request: the operation, who asks, the parameters, and what it looks
# at beside the answer's wrapper.
USER_KEYS = ("user.email", "user.username", "user.bio", "user.image")
SINGLE_KEYS = tuple(
    f"article.{key}"
    for key in (
        "title slug body createdAt updatedAt description tagList author.username favorited favoritesCount".split()
    )
)
LIST_KEYS = ("articles", "articlesCount")
ITEM_KEYS = (
    "articles[].slug",
    "articlesCount",
    *(
        f"articles[].{key}"
        for key in "title body createdAt updatedAt description tagList author favorited favoritesCount".split()
    ),
)
COMMENT_KEYS = tuple(f"comment.{key}" for key in "id body createdAt updatedAt author.username".split())
COMMENTS_KEYS = tuple(f"comments[].{key}" for key in "id body createdAt updatedAt author".split())
PROFILE_KEYS = tuple(f"profile.{key}" for key in "username bio image following".split())
TOKEN = ("user.token",)

COLLECTION: tuple[tuple[str, bool, tuple[str, ...], tuple[str, ...]], ...] = (
    ("POST /users", False, (), USER_KEYS + TOKEN),
    ("POST /users/login", False, (), USER_KEYS + TOKEN),
    ("GET /user", True, (), USER_KEYS),
    ("PUT /user", True, (), USER_KEYS),
    ("GET /articles", False, (), LIST_KEYS),
    ("GET /articles", False, ("author",), ("articles[].slug", "articlesCount")),
    ("GET /articles", False, ("favorited",), ("articles[].slug", "articlesCount")),
    ("GET /articles", False, ("tag",), ("articles[].slug", "articlesCount")),
    ("POST /articles", True, (), SINGLE_KEYS),
    ("GET /articles/feed", True, (), ("articles[].slug", "articlesCount")),
    ("GET /articles", True, (), tuple(key for key in ITEM_KEYS)),
    ("GET /articles", True, ("author",), ITEM_KEYS),
    ("GET /articles/{slug}", True, (), SINGLE_KEYS),
    ("GET /articles", True, ("tag",), ITEM_KEYS),
    ("PUT /articles/{slug}", True, (), SINGLE_KEYS),
    ("POST /articles/{slug}/favorite", True, (), SINGLE_KEYS),
    ("GET /articles", True, ("favorited",), ITEM_KEYS),
    ("DELETE /articles/{slug}/favorite", True, (), SINGLE_KEYS),
    ("POST /articles/{slug}/comments", True, (), COMMENT_KEYS),
    ("GET /articles/{slug}/comments", True, (), COMMENTS_KEYS),
    ("GET /articles/{slug}/comments", False, (), COMMENTS_KEYS),
    ("DELETE /articles/{slug}/comments/{id}", True, (), ()),
    ("DELETE /articles/{slug}", True, (), ()),
    ("GET /profiles/{username}", True, (), PROFILE_KEYS),
    ("POST /profiles/{username}/follow", True, (), PROFILE_KEYS),
    ("DELETE /profiles/{username}/follow", True, (), PROFILE_KEYS),
    ("GET /tags", False, (), ("tags",)),
)


@pytest.mark.parametrize(("operation", "as_user", "query", "places"), COLLECTION)
def test_the_public_collection_asks_nothing_that_is_not_asked_here(
    operation: str, as_user: bool, query: tuple[str, ...], places: tuple[str, ...]
) -> None:
    def asks(step: Step) -> bool:
        looked_at = {one.place for one in step.expects}
        return (
            step.operation == operation
            and (step.as_ is not None) == as_user
            and set(step.query) - {"limit"} == set(query)
            and min(step.status) < 300
            and looked_at.issuperset(places)
        )

    assert any(map(asks, SUITE.profiles["postman"]))
