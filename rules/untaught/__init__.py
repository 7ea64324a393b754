"""Web frameworks that nothing is taught of: the places that register routes with them are told as not read."""

from __future__ import annotations

from verifier.api import Pack, Untaught

# `@Get("/books")`, `@Post()` above a method.
DECORATED = r"^[ \t]*@(?:Get|Post|Put|Patch|Delete|All|Head|Options)\("
# `@app.get("/books")`, `@get("/books")` above a function.
NAMED = r"^[ \t]*@(?:\w+\.)*(?:route|get|post|put|patch|delete|head|options|websocket)\("
# `app.get("/books", answer)`.
CALLED = r"""(?<![\w$])[\w$]+\s*\.\s*(?:get|post|put|patch|delete|del|all)\(\s*['"`]/[^'"`\n]*['"`]\s*,"""
# `export async function GET()`, `export const GET = ...` in the file of a route.
EXPORTED = r"^export\s+(?:async\s+function|function|const)\s+(?:GET|POST|PUT|PATCH|DELETE)\b"

PYTHON = (
    Untaught("Bottle", "python", ("bottle",), (NAMED,)),
    Untaught("BlackSheep", "python", ("blacksheep",), (NAMED,)),
    Untaught("CherryPy", "python", ("cherrypy",), (r"^[ \t]*@cherrypy\.expose\b",)),
    Untaught("Connexion", "python", ("connexion",), (r"\.add_api\(",), wraps=True),
    Untaught("Falcon", "python", ("falcon",), (r"\.add_route\(",)),
    Untaught("Flask-AppBuilder", "python", ("flask_appbuilder",), (r"^[ \t]*@expose\(",), wraps=True),
    Untaught("Flask-Classful", "python", ("flask_classful",), (r"\.register\(",), wraps=True),
    Untaught("Litestar", "python", ("litestar", "starlite"), (NAMED,)),
    Untaught("Pyramid", "python", ("pyramid",), (r"\.add_route\(",)),
    Untaught("Quart", "python", ("quart",), (NAMED, r"\.add_url_rule\(")),
    Untaught("Robyn", "python", ("robyn",), (NAMED,)),
    Untaught("Sanic", "python", ("sanic",), (NAMED, r"\.add_route\(")),
    Untaught("Tornado", "python", ("tornado.web",), (r"""[(\[]\s*\(\s*r?f?['"]/[^'"\n]*['"]\s*,\s*\w""",)),
)
JAVASCRIPT = (
    Untaught("AdonisJS", "javascript", ("@adonisjs/core", "@ioc:Adonis"), (CALLED,)),
    Untaught(
        "Awilix controllers",
        "javascript",
        ("awilix-express", "awilix-koa"),
        (r"^[ \t]*@(?:GET|POST|PUT|PATCH|DELETE|route)\(",),
        wraps=True,
    ),
    Untaught(
        "Elysia", "javascript", ("elysia",), (r"""^[ \t]*\.(?:get|post|put|patch|delete|all)\(\s*['"`]""", CALLED)
    ),
    Untaught(
        "fastify-decorators",
        "javascript",
        ("fastify-decorators",),
        (r"^[ \t]*@(?:GET|POST|PUT|PATCH|DELETE|ALL)\(",),
        wraps=True,
    ),
    Untaught("Feathers", "javascript", ("@feathersjs/feathers",), (r"""\bapp\.use\(\s*['"`]/?\w""",)),
    Untaught("hapi", "javascript", ("@hapi/hapi",), (r"\.route\(\s*[\[{]",)),
    Untaught("h3", "javascript", ("h3", "nitropack"), (r"""\brouter\.(?:get|post|put|patch|delete)\(""",)),
    Untaught(
        "inversify-express-utils",
        "javascript",
        ("inversify-express-utils",),
        (r"^[ \t]*@http(?:Get|Post|Put|Patch|Delete|Head|Method)\(",),
        wraps=True,
    ),
    Untaught("LoopBack", "javascript", ("@loopback/rest",), (r"^[ \t]*@(?:get|post|put|patch|del|operation)\(",)),
    Untaught("Moleculer", "javascript", ("moleculer-web",), ()),
    Untaught("NestJS", "javascript", ("@nestjs/common",), (DECORATED,), wraps=True),
    Untaught("Next.js", "javascript", ("next",), (EXPORTED,)),
    Untaught("Oak", "javascript", ("@oak/oak",), (CALLED,)),
    Untaught("OvernightJS", "javascript", ("@overnightjs/core",), (DECORATED,), wraps=True),
    Untaught("Polka", "javascript", ("polka",), (CALLED,)),
    Untaught("restify", "javascript", ("restify",), (CALLED,)),
    Untaught("routing-controllers", "javascript", ("routing-controllers",), (DECORATED,), wraps=True),
    Untaught("SvelteKit", "javascript", ("@sveltejs/kit",), (EXPORTED,)),
    Untaught("tRPC", "javascript", ("@trpc/server",), (r"^[ \t]*\.(?:query|mutation|subscription)\(",), wraps=True),
    Untaught("Ts.ED", "javascript", ("@tsed/common", "@tsed/schema", "@tsed/platform-http"), (DECORATED,), wraps=True),
    Untaught("tsoa", "javascript", ("tsoa", "@tsoa/runtime"), (DECORATED,), wraps=True),
)

PACK = Pack(untaught=(*PYTHON, *JAVASCRIPT))
