"""Mutants of the backend on Hono."""

from functools import partial

from tests.mutants.catalogue.blindness import (
    ALWAYS_A_TOKEN,
    NO_PAGES,
    NOTHING_MISSING,
    ONE_ARTICLE,
    ONE_ARTICLE_TAGS,
    ONE_USER,
)
from tests.mutants.catalogue.mutant import both, fails, seeded, starts_not
from verifier.model import Category

hono = partial(seeded, "hono")

ADAPTER = """createServer(async (incoming, outgoing) => {
  const headers = incoming.headers as HeadersInit;
  const request = new Request(`http://localhost${incoming.url}`, { method: incoming.method, headers, body: incoming });
  const response = await app.fetch(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
}).listen(settings.port, "0.0.0.0")"""

MUTANTS = (
    hono(
        "escaped-template",
        "back-ticks are escaped",
        "escape_template",
        both(starts_not("ready", "Transform failed with ? error")),
        path="src/services/slugs.ts",
        within="freeSlug",
    ),
    hono(
        "app-listen",
        "app.listen, which Hono does not have",
        "misuse_adapter",
        both(starts_not("ready", "TypeError: app.listen is not a function")),
        path="src/main.ts",
        call="serve(REST)",
        by="app.listen(settings.port)",
    ),
    hono(
        "own-adapter",
        "an adapter of its own, which gives every request a body",
        "write_adapter",
        both(starts_not("ready", "TypeError: Request with GET/HEAD method cannot have body.")),
        path="src/main.ts",
        call="serve(REST)",
        by=ADAPTER,
        imports='import { serve } from "@hono/node-server"',
        importing='import { createServer } from "node:http"',
    ),
    hono(
        "unexported-subpath",
        "a file is imported that Hono does not show",
        "unexported_subpath",
        both(starts_not("ready", "Error: Package subpath './middleware/cors' is not defined by")),
        path="src/routes/app.ts",
        module="hono/cors",
        to="hono/middleware/cors",
    ),
    hono(
        "route-order",
        "the route of the feed after the one with a slug",
        "swap_routes",
        both(fails("GET /articles/feed", 404)),
        path="src/routes/articles.ts",
        first="get /feed",
        second="get /:slug",
    ),
    hono(
        "open-account",
        "an account is changed behind the middleware of the open routes",
        "optional_login",
        both(fails("PUT /user", 404)),
        blind=ALWAYS_A_TOKEN,
        path="src/routes/users.ts",
        route='ANY_routes.put("/user", auth.required, REST)',
        by='ANY_routes.put("/user", auth.optional, REST)',
    ),
    hono(
        "viewer-elsewhere",
        "who asks is kept under another name than it is read by",
        "attach_elsewhere",
        both(fails("GET /user", 404)),
        path="src/routes/authentication.ts",
        statement='c.set("viewerId", await accounts.authenticate(token))',
        by='c.set("userId" as never, (await accounts.authenticate(token)) as never)',
        within="authentication.required",
    ),
    hono(
        "next-not-called",
        "the middleware of the open routes does not go on",
        "lose_response",
        both(
            fails(
                "GET /profiles/{username}", 500, "Error: Context is not finalized. Did you forget to return a Response"
            )
        ),
        path="src/routes/authentication.ts",
        handler="await next()",
        by="c.json({})",
        within="authentication.optional",
    ),
    hono(
        "favorite-reads-json",
        "the handler of a favorite reads a body",
        "read_absent_body_first",
        both(fails("POST /articles/{slug}/favorite", 500, "SyntaxError: Unexpected end of JSON input")),
        path="src/routes/favorites.ts",
        handler="async (c) => c.json({ article: await articles.favorite(REST) })",
        by="async (c) => {\n      await c.req.json();\n"
        "      return c.json({ article: await articles.favorite(REST) });\n    }",
    ),
    hono(
        "tag-filter-dropped",
        "the filter by tag is never applied",
        "drop_filter",
        both(fails("GET /articles", 200)),
        blind=ONE_ARTICLE,
        path="src/repositories/articles.ts",
        statement="if (filter.tag !== undefined) REST",
        within="ArticleRepository.page",
    ),
    hono(
        "no-association",
        "articles are never associated with their authors",
        "drop_association",
        both(fails("GET /articles", 500, 'Error: Association with alias "author" does not exist on Article')),
        path="src/models/index.ts",
        call="Article.belongsTo(User, REST)",
    ),
    hono(
        "unknown-alias",
        "an association is included by an alias that it does not have",
        "wrong_include_alias",
        both(fails("GET /articles", 500, 'Error: Association with alias "labels" does not exist on Article')),
        path="src/repositories/articles.ts",
        include='{ association: "tags", REST }',
        by='{ association: "labels", REST }',
        within="ArticleRepository.#seen",
    ),
    hono(
        "page-not-awaited",
        "a promise is taken for a page",
        "drop_await",
        both(fails("GET /articles", 500, "TypeError: seen.map is not a function")),
        of=Category.DATABASE_RUNTIME_ERROR,
        path="src/repositories/articles.ts",
        call="this.#seen(ids, viewerId)",
        within="ArticleRepository.#page",
    ),
    hono(
        "no-null-check",
        "an article that is not there is shown",
        "drop_none_check",
        both(fails("GET /articles/{slug}", 500, "TypeError: Cannot read properties of null (reading 'article')")),
        blind=NOTHING_MISSING,
        path="src/services/articles.ts",
        check="if (seen === null) REST",
        within="seenArticle",
    ),
    hono(
        "no-owner-check",
        "everybody may delete all comments",
        "drop_owner_check",
        both(fails("DELETE /articles/{slug}/comments/{id}", 204)),
        blind=ONE_USER,
        path="src/services/comments.ts",
        check="if (comment.authorId !== viewerId) REST",
        within="CommentService.delete",
    ),
    hono(
        "no-tags",
        "tags are a literal",
        "stub",
        both(fails("GET /tags", 200)),
        blind="the collection asks only that there be a list of tags, and an empty one is such",
        path="src/routes/tags.ts",
        expression="await tags.all()",
        by="[]",
    ),
    hono(
        "untyped-parameter",
        "PostgreSQL cannot tell what a parameter is",
        "untyped_parameter",
        {"postgres": fails("POST /articles", 500, "42P18: could not determine data type of parameter $1")},
        path="src/repositories/articles.ts",
        query="(await Article.count({ where: { slug }, REST })) > 0",
        sql="((await Article.sequelize!.query("
        '"SELECT id FROM articles WHERE $1 IS NOT NULL AND slug = $2", '
        '{ bind: [slug, slug], type: "SELECT" as never, REST })) as unknown[]).length > 0',
        within="ArticleRepository.isSlugTaken",
    ),
    hono(
        "no-offset",
        "every page is the first",
        "drop_page",
        both(fails("GET /articles", 200)),
        blind=NO_PAGES,
        path="src/repositories/articles.ts",
        expression="{ REST_before, offset: page.offset, REST_after }",
        by="{ REST_before, REST_after }",
        within="ArticleRepository.#page",
    ),
    hono(
        "no-bio",
        "profiles have no bio",
        "drop_field",
        both(fails("POST /profiles/{username}/follow", 200)),
        path="src/services/views.ts",
        fields="{ REST_before, bio: user.bio, REST_after }",
        by="{ REST_before, REST_after }",
        within="profileView",
    ),
    hono(
        "other-mount",
        "profiles are mounted at /profile",
        "wrong_mount",
        both(fails("POST /profiles/{username}/follow", 404)),
        path="src/routes/app.ts",
        call='ANY_routes.route("/profiles", REST)',
        by='ANY_routes.route("/profile", REST)',
    ),
    hono(
        "tags-inserted-again",
        "tags that are there are inserted once more",
        "insert_known",
        {
            "sqlite": fails("POST /articles", 409),
            "postgres": fails(
                "POST /articles", 409, '23505: duplicate key value violates unique constraint "tags_name_key"'
            ),
        },
        blind=ONE_ARTICLE_TAGS,
        path="src/repositories/tags.ts",
        statement="{ ignoreDuplicates: true, REST }",
        by="{ REST }",
        within="TagRepository.named",
    ),
    hono(
        "never-committed",
        "a transaction is opened that nobody commits",
        "never_commit",
        {
            "sqlite": fails("POST /users", 500, "cannot rollback - no transaction is active"),
            "postgres": fails("POST /users/login", 401),
        },
        path="src/repositories/store.ts",
        expression="this.#sequelize.transaction((transaction) => work(new Repositories(transaction)))",
        by="this.#sequelize.transaction().then((transaction) => work(new Repositories(transaction)))",
        within="Store.transaction",
    ),
)
