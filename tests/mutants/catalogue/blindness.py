"""Why the public collection does not see what the suite sees."""

from __future__ import annotations

ONE_USER = "all that the collection changes is its one user's own"
ONE_ARTICLE = "the collection has one article at a time: what belongs to another one, or comes before it, it never sees"
ONE_ARTICLE_TAGS = "the collection has one article at a time: it uses no tag twice"
ONE_FAN = "the collection has one article and one user who favorites it: there is nobody to take for them"
ONE_FOLLOWER = "whoever is followed in the collection is followed by the one who looks"
ANY_COUNT = "the collection asks only that articlesCount be a whole number"
NOTHING_MISSING = "the collection never asks for what is not there"
ALWAYS_A_TOKEN = "the collection sends a token wherever one is needed"
NO_PAGES = "the collection never asks for a page"
DELETION = "the collection asserts nothing about deletions"
WANTS_BODIES = (
    "the collection wants a body in the articles of lists where the specification has none; here the suite keeps to the"
    " specification, and its profile `postman` passes"
)
