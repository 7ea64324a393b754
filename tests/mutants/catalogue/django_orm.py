"""Mutants of the backend on Django with its own mapper."""

from functools import partial

from tests.mutants.catalogue.blindness import (
    ALWAYS_A_TOKEN,
    DELETION,
    ONE_ARTICLE,
    ONE_ARTICLE_TAGS,
    ONE_FAN,
    ONE_FOLLOWER,
)
from tests.mutants.catalogue.mutant import both, fails, seeded, starts_not

django = partial(seeded, "django-orm")

MUTANTS = (
    django(
        "wait-for-it",
        "run.sh calls a program that is not installed",
        "unavailable_command",
        both(starts_not("ready", "wait-for-it: not found")),
        path="run.sh",
        before="python",
        line="wait-for-it postgres:5432 --timeout=30",
    ),
    django(
        "no-migration",
        "run.sh does not migrate",
        "drop_migration",
        {
            "sqlite": fails("POST /users", 500, "OperationalError: no such table: conduit_user"),
            "postgres": fails("POST /users", 500, '42P01: relation "conduit_user" does not exist at character ?'),
        },
        path="run.sh",
        command="python",
    ),
    django(
        "source-as-named",
        "a field of a serializer names itself as its source",
        "source_as_named",
        both(fails("POST /articles", 500, "AssertionError: It is redundant to specify `source='slug'` on field")),
        path="conduit/routes/serializers/articles.py",
        serializer="ArticleSummarySerializer",
        field="slug",
    ),
    django(
        "json-contains",
        "tags are asked for by contains on a JSON column",
        "json_contains",
        {
            "sqlite": fails(
                "GET /articles", 500, "NotSupportedError: contains lookup is not supported on this database"
            ),
            "postgres": fails("GET /articles", 200),
        },
        model="conduit/models/article.py",
        migration="conduit/migrations/0001_initial.py",
        repository="conduit/repositories/articles.py",
    ),
    django(
        "column-without-migration",
        "a model has a column that no migration makes",
        "column_without_migration",
        {
            "sqlite": fails("POST /users", 500, "OperationalError: no such column: conduit_user.location"),
            "postgres": fails("POST /users", 500, "42703: column conduit_user.location does not exist at character ?"),
        },
        path="conduit/models/user.py",
        before="bio = models.TextField(null=True)",
        column='location = models.CharField(max_length=255, default="")',
    ),
    django(
        "no-first",
        "a query set is taken for the user in it",
        "drop_first",
        both(fails("POST /users/login", 500, "AttributeError: 'QuerySet' object has no attribute 'password_hash'")),
        path="conduit/repositories/users.py",
        query="User.objects.filter(email=email).first()",
        by="User.objects.filter(email=email)",
        within="by_email",
    ),
    django(
        "tags-inserted-again",
        "tags that are there are inserted once more",
        "insert_known",
        {
            "sqlite": fails("POST /articles", 409),
            "postgres": fails("POST /articles", 409, "23505: duplicate key value violates unique constraint"),
        },
        blind=ONE_ARTICLE_TAGS,
        path="conduit/repositories/tags.py",
        statement="Tag.objects.bulk_create(ANY_tags, ignore_conflicts=True)",
        by="Tag.objects.bulk_create(ANY_tags)",
        within="named",
    ),
    django(
        "comments-of-all",
        "every article shows the comments of all",
        "drop_where",
        both(fails("GET /articles/{slug}/comments", 200)),
        blind=ONE_ARTICLE,
        path="conduit/repositories/comments.py",
        query="seen_by(viewer_id).filter(article=article_id)",
        by="seen_by(viewer_id)",
        within="all_seen",
    ),
    django(
        "favorites-not-grouped",
        "favorites are counted one by one",
        "drop_group_by",
        {
            "sqlite": fails("POST /articles/{slug}/favorite", 200),
            "postgres": fails(
                "POST /articles/{slug}/favorite",
                500,
                "21000: more than one row returned by a subquery used as an expression",
            ),
        },
        blind=ONE_FAN,
        path="conduit/repositories/articles.py",
        options='favorites.values("article").annotate(REST)',
        by="favorites.annotate(REST)",
        within="seen_by",
    ),
    django(
        "route-order",
        "the address of the feed after the one with a slug",
        "swap_routes",
        both(fails("GET /articles/feed", 404)),
        path="conduit/routes/urls.py",
        first="path articles/feed",
        second="path articles/<name:slug>",
    ),
    django(
        "unknown-lookup",
        "a lookup of a field that the model does not have",
        "rename_lookup",
        both(fails("GET /articles", 500, "FieldError: Unsupported lookup 'name' for ForeignKey or join on the")),
        path="conduit/repositories/articles.py",
        lookup="author__username",
        to="author__name",
        within="page",
    ),
    django(
        "open-feed",
        "the feed is open to strangers",
        "optional_login",
        both(fails("GET /articles/feed", 200)),
        blind=ALWAYS_A_TOKEN,
        path="conduit/routes/articles.py",
        route="permission_classes = [IsAuthenticated]",
        by="permission_classes = []",
        within="ArticleFeed",
    ),
    django(
        "no-favorite-route",
        "nothing answers at the address of favorites",
        "drop_registration",
        both(fails("POST /articles/{slug}/favorite", 404)),
        path="conduit/routes/urls.py",
        call='path("articles/<name:slug>/favorite", REST)',
    ),
    django(
        "lock-outside",
        "a row is locked outside of a transaction",
        "leave_transaction",
        {
            "postgres": fails(
                "DELETE /articles/{slug}", 500, "TransactionManagementError: select_for_update cannot be used outside"
            )
        },
        path="conduit/services/articles.py",
        call="with transaction(): REST",
        by="REST",
        within="delete",
    ),
    django(
        "number-as-subject",
        "the subject of a token is a number",
        "number_as_subject",
        both(fails("GET /user", 401)),
        path="conduit/services/tokens.py",
        within="issue",
        claim="str(user_id)",
        by="user_id",
    ),
    django(
        "no-cascade",
        "comments do not go with their article",
        "drop_cascade",
        {
            "sqlite": fails("DELETE /articles/{slug}", 409),
            "postgres": fails(
                "DELETE /articles/{slug}", 409, '23503: update or delete on table "conduit_article" violates foreign'
            ),
        },
        blind=DELETION,
        path="conduit/migrations/0001_initial.py",
        constraint='models.ForeignKey(on_delete=models.DB_CASCADE, related_name="comments", to="conduit.article")',
        by='models.ForeignKey(on_delete=models.DO_NOTHING, related_name="comments", to="conduit.article")',
    ),
    django(
        "following-all",
        "whom one follows is not looked at: who has a follower is followed",
        "drop_where",
        both(fails("POST /articles", 201)),
        blind=ONE_FOLLOWER,
        path="conduit/repositories/follows.py",
        query="Follow.objects.filter(follower=viewer_id, followed=OuterRef(user))",
        by="Follow.objects.filter(followed=OuterRef(user))",
        within="followed_by",
    ),
)
