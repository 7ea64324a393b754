# ruff: noqa: E501
"""Which database a started application talks to, and how that comes about."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.conftest import Buttress, Write
from tests.verdicts.projects import EXPRESS, FLASK, RUN, startup


class Case(NamedTuple):
    """A project, and the addresses of its connections, in order."""

    name: str
    files: dict[str, str]
    urls: list[str | None]


ENGINE = "from sqlalchemy import create_engine\n"
NODE = '{"dependencies": {"sequelize": "^6.0.0", "express": "^5.0.0"}}'
START = "#!/bin/sh\nnode server.js\n"


def python(body: str, **more: str) -> dict[str, str]:
    """A Flask application with a module for its database."""
    files = {"run.sh": RUN, "app.py": f"import db\n{FLASK}", "db.py": body}
    return files | {name.replace("__", "/").replace("_dot_", "."): text for name, text in more.items()}


def node(body: str, more: dict[str, str] | None = None) -> dict[str, str]:
    """An Express application with a module for its database."""
    server = f"require('./db');\n{EXPRESS}app.listen(3000);\n"
    return {"run.sh": START, "package.json": NODE, "server.js": server, "db.js": body} | (more or {})


CASES = [
    Case("a literal", python(f"{ENGINE}engine = create_engine('sqlite:///a.db')\n"), ["sqlite:///a.db"]),
    Case(
        "a default",
        python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DATABASE_URL', 'sqlite:///a.db'))\n"),
        ["sqlite:///a.db"],
    ),
    Case(
        "attributes that an object is given all at once",
        python(
            f"import os\n{ENGINE}\n\nclass Settings:\n    def __init__(self, **given):\n        self.__dict__.update(given)\n"
            "        vars(self).update({'name': 'b'})\n\n\n"
            "settings = Settings(kind='sqlite', name='a')\nengine = create_engine(f'{settings.kind}:///{settings.name}.db')\n"
        ),
        ["sqlite:///b.db"],
    ),
    Case(
        "a default that the start script overrides",
        {
            **python(
                f"import os\n{ENGINE}engine = create_engine(os.environ.get('DATABASE_URL') or 'sqlite:///a.db')\n"
            ),
            "run.sh": "export DATABASE_URL=postgresql://user:secret@postgres:5432/shop\nexec gunicorn app:app\n",
        },
        ["postgresql://user:***@postgres:5432/shop"],
    ),
    Case(
        "a default of the start script",
        {
            **python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DATABASE_URL', 'sqlite:///a.db'))\n"),
            "run.sh": 'export DATABASE_URL="${DATABASE_URL:-postgresql://u:p@h/d}"\nexec gunicorn app:app\n',
        },
        ["postgresql://u:***@h/d"],
    ),
    Case(
        "what a command of the start script prints",
        {
            **python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DATABASE_URL', 'sqlite:///a.db'))\n"),
            "run.sh": 'export DATABASE_URL="$(cat /run/secrets/url)"\nexec gunicorn app:app\n',
        },
        [None],
    ),
    Case(
        "a variable before the command",
        {
            **python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DB', 'postgresql://x/y'))\n"),
            "run.sh": "DB=sqlite:///b.db gunicorn app:app\n",
        },
        ["sqlite:///b.db"],
    ),
    Case(
        "an environment file that the program loads",
        {
            **python(
                "import os\nfrom dotenv import load_dotenv\n"
                f"{ENGINE}load_dotenv()\nengine = create_engine(os.environ['DATABASE_URL'])\n"
            ),
            ".env": "DATABASE_URL='postgresql://u:p@db/shop'\n",
        },
        ["postgresql://u:***@db/shop"],
    ),
    Case(
        "an example of an environment file counts for nothing",
        {
            **python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DATABASE_URL', 'sqlite:///a.db'))\n"),
            ".env.example": "DATABASE_URL=postgresql://u:p@db/shop\n",
        },
        ["sqlite:///a.db"],
    ),
    Case(
        "an environment file that nothing loads",
        {
            **python(f"import os\n{ENGINE}engine = create_engine(os.getenv('DATABASE_URL', 'sqlite:///a.db'))\n"),
            ".env": "DATABASE_URL=postgresql://u:p@db/shop\n",
        },
        ["sqlite:///a.db"],
    ),
    Case(
        "a branch of the environment",
        python(
            f"import os\n{ENGINE}if os.getenv('USE_POSTGRES') == '1':\n    URL = 'postgresql://u:p@db/shop'\nelse:\n"
            "    URL = 'sqlite:///a.db'\nengine = create_engine(URL)\n"
        ),
        ["sqlite:///a.db"],
    ),
    Case(
        "parts put together",
        python(
            f"import os\n{ENGINE}HOST = os.getenv('DB_HOST', 'localhost')\n"
            "engine = create_engine(f'postgresql+psycopg2://me:pw@{HOST}:5432/shop')\n"
        ),
        ["postgresql+psycopg2://me:***@localhost:5432/shop"],
    ),
    Case(
        "URL.create",
        python(
            f"from sqlalchemy import URL\n{ENGINE}"
            "engine = create_engine(URL.create('postgresql', username='u', password='p', host='h', database='d'))\n"
        ),
        ["postgresql://u:***@h/d"],
    ),
    Case(
        "pydantic settings with a default and a validator",
        python(
            "from typing import Annotated\nfrom pydantic import AfterValidator\n"
            f"from pydantic_settings import BaseSettings\n{ENGINE}\n\n"
            "def with_driver(url: str) -> str:\n    return url.replace('postgresql://', 'postgresql+psycopg://')\n\n\n"
            "class Settings(BaseSettings):\n"
            "    database_url: Annotated[str, AfterValidator(with_driver)] = 'postgresql://u:p@h/d'\n\n\n"
            "engine = create_engine(Settings().database_url)\n"
        ),
        ["postgresql+psycopg://u:***@h/d"],
    ),
    Case(
        "pydantic settings with parts, from a file",
        {
            **python(
                f"from pydantic_settings import BaseSettings, SettingsConfigDict\n{ENGINE}\n\n"
                "class Settings(BaseSettings):\n"
                "    model_config = SettingsConfigDict(env_file='.env', env_prefix='SHOP_')\n"
                "    db_user: str = 'nobody'\n    db_password: str = ''\n    db_host: str = 'localhost'\n\n"
                "    @property\n    def url(self) -> str:\n"
                "        return f'postgresql://{self.db_user}:{self.db_password}@{self.db_host}/shop'\n\n\n"
                "settings = Settings()\nengine = create_engine(settings.url)\n"
            ),
            ".env": "SHOP_DB_USER=me\nSHOP_DB_PASSWORD=pw\n",
        },
        ["postgresql://me:***@localhost/shop"],
    ),
    Case(
        "a validator that assembles the address",
        python(
            f"from pydantic import PostgresDsn, field_validator\nfrom pydantic_settings import BaseSettings\n{ENGINE}\n\n"
            "class Settings(BaseSettings):\n    HOST: str = 'db'\n    URI: str | None = None\n\n"
            "    @field_validator('URI', mode='before')\n    @classmethod\n    def assemble(cls, value, info):\n"
            "        if isinstance(value, str):\n            return value\n"
            "        return str(PostgresDsn.build(scheme='postgresql', username='u', host=info.data['HOST'], path='d'))\n\n\n"
            "engine = create_engine(Settings().URI)\n"
        ),
        ["postgresql://u@db/d"],
    ),
    Case(
        "Starlette's Config",
        python(
            f"from starlette.config import Config\n{ENGINE}config = Config('.env')\n"
            "engine = create_engine(config('DATABASE_URL', default='sqlite:///a.db'))\n",
        ),
        ["sqlite:///a.db"],
    ),
    Case(
        "decouple, with a file",
        {
            **python(
                f"from decouple import config\n{ENGINE}engine = create_engine(config('URL', default='sqlite://'))\n"
            ),
            ".env": "URL=postgresql://h/d\n",
        },
        ["postgresql://h/d"],
    ),
    Case(
        "a class of settings that FLASK_ENV chooses",
        {
            "run.sh": "export FLASK_ENV=production\nexec gunicorn 'app:create_app()'\n",
            "config.py": "class Config:\n    pass\n\n\nclass Dev(Config):\n    SQLALCHEMY_DATABASE_URI = 'sqlite:///dev.db'\n\n\n"
            "class Prod(Config):\n    SQLALCHEMY_DATABASE_URI = 'postgresql://u:p@db/shop'\n\n\n"
            "BY_NAME = {'development': Dev, 'production': Prod}\n",
            "app.py": "import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\nfrom config import BY_NAME\n\n"
            "db = SQLAlchemy()\n\n\ndef create_app():\n    app = Flask(__name__)\n"
            "    app.config.from_object(BY_NAME[os.getenv('FLASK_ENV', 'development')])\n    db.init_app(app)\n    return app\n",
        },
        ["postgresql://u:***@db/shop"],
    ),
    Case(
        "a function that nothing calls",
        python(
            f"{ENGINE}\n\ndef other():\n    return create_engine('postgresql://x/y')\n\n\nengine = create_engine('sqlite:///a.db')\n"
        ),
        ["sqlite:///a.db"],
    ),
    Case(
        "a module that nothing imports",
        {
            **python(f"{ENGINE}engine = create_engine('sqlite:///a.db')\n"),
            "tools.py": f"{ENGINE}engine = create_engine('postgresql://x/y')\n",
        },
        ["sqlite:///a.db"],
    ),
    Case(
        "code of a module that is run as a script alone",
        python(
            f"{ENGINE}engine = create_engine('sqlite:///a.db')\nif __name__ == '__main__':\n    create_engine('postgresql://x/y')\n"
        ),
        ["sqlite:///a.db"],
    ),
    Case(
        "a driver below a route",
        {
            "run.sh": RUN,
            "app.py": "import sqlite3\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\ndef connection():\n"
            "    return sqlite3.connect('a.db')\n\n\n@app.get('/items')\ndef items():\n"
            "    return connection().execute('SELECT 1').fetchall()\n",
        },
        ["sqlite:///a.db"],
    ),
    Case(
        "Sequelize, by URL and default",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL || 'sqlite::memory:');\n"
        ),
        ["sqlite::memory:"],
    ),
    Case(
        "Sequelize, by parts",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DB_NAME ?? 'shop', 'me', 'pw', "
            "{ dialect: 'postgres', host: process.env.DB_HOST || 'postgres', port: 5432 });\n"
        ),
        ["postgresql://me:***@postgres:5432/shop"],
    ),
    Case(
        "Sequelize, by options",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize({ dialect: 'sqlite', storage: './a.sqlite' });\n"
        ),
        ["sqlite:///./a.sqlite"],
    ),
    Case(
        "Sequelize, by a JSON file and NODE_ENV",
        node(
            "const Sequelize = require('sequelize');\nconst env = process.env.NODE_ENV || 'development';\n"
            "const config = require(__dirname + '/config.json')[env];\nlet sequelize;\n"
            "if (config.use_env_variable) {\n  sequelize = new Sequelize(process.env[config.use_env_variable], config);\n} else {\n"
            "  sequelize = new Sequelize(config.database, config.username, config.password, config);\n}\nmodule.exports = sequelize;\n",
            {
                "config.json": '{"development": {"dialect": "sqlite", "storage": "dev.db", "database": "d", "username": "u", '
                '"password": null}, "production": {"dialect": "postgres", "use_env_variable": "DATABASE_URL"}}',
                "run.sh": "export NODE_ENV=production DATABASE_URL=postgres://u:p@h/d\nnode server.js\n",
            },
        ),
        ["postgres://u:***@h/d"],
    ),
    Case(
        "dotenv in JavaScript",
        node(
            "require('dotenv').config();\nconst { Sequelize } = require('sequelize');\n"
            "module.exports = new Sequelize(process.env.DATABASE_URL);\n",
            {".env": "DATABASE_URL=postgres://u:p@h/d\n"},
        ),
        ["postgres://u:***@h/d"],
    ),
    Case(
        "a file that Node is told to run first",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL);\n",
            {
                "setup.js": "require('dotenv').config({ path: '.env.local' });\n",
                ".env.local": "DATABASE_URL=postgres://u:p@local/d\n",
                "run.sh": "node -r ./setup.js server.js\n",
            },
        ),
        ["postgres://u:***@local/d"],
    ),
    Case(
        "the service of a compose file that builds the image",
        {
            "Dockerfile": 'FROM python\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
            "docker-compose.yml": "services:\n  web:\n    build: .\n    env_file: .env.web\n    environment:\n      DB_HOST: ${HOST:-db}\n",
            ".env.web": "DB_NAME=shop\n",
            "app.py": f"import db\n{FLASK}",
            "db.py": f"import os\n{ENGINE}engine = create_engine(f\"postgresql://u:p@{{os.environ['DB_HOST']}}/{{os.environ['DB_NAME']}}\")\n",
        },
        ["postgresql://u:***@db/shop"],
    ),
    Case(
        "the script that npm starts, not the one for development",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL);\n",
            {
                "package.json": '{"scripts": {"dev": "DATABASE_URL=sqlite::memory: node server.js", "start": "DATABASE_URL=postgres://h/d node server.js"}}',
                "run.sh": "",
            },
        ),
        ["postgres://h/d"],
    ),
    Case(
        "a variable of the script that runs npm",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL || 'sqlite::memory:');\n",
            {
                "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"sequelize": "6"}}',
                "run.sh": "#!/bin/sh\nexport DATABASE_URL=${DATABASE_URL:-postgres://h/d}\nexec npm run --silent start\n",
            },
        ),
        ["postgres://h/d"],
    ),
    Case(
        "a variable of the image that runs npm",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL || 'sqlite::memory:');\n",
            {
                "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"sequelize": "6"}}',
                "run.sh": "",
                "Dockerfile": 'FROM node:20\nWORKDIR /app\nCOPY . .\nENV DATABASE_URL=postgres://h/d\nCMD ["npm", "start"]\n',
            },
        ),
        ["postgres://h/d"],
    ),
    Case(
        "a variable of an npm script before one of who runs it",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL || 'sqlite::memory:');\n",
            {
                "package.json": '{"scripts": {"start": "DATABASE_URL=postgres://h/b node server.js"}, "dependencies": {"sequelize": "6"}}',
                "run.sh": "#!/bin/sh\nexport DATABASE_URL=postgres://h/a\nnpm start\n",
            },
        ),
        ["postgres://h/b"],
    ),
    Case(
        "a schema over the environment",
        node(
            "const { z } = require('zod');\nconst { Sequelize } = require('sequelize');\n"
            "const env = z.object({ DATABASE_URL: z.string().default('sqlite::memory:') }).parse(process.env);\n"
            "module.exports = new Sequelize(env.DATABASE_URL);\n"
        ),
        ["sqlite::memory:"],
    ),
    Case(
        "only where the file is the program",
        node(
            "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize('sqlite::memory:');\n"
            "if (require.main === module) new Sequelize('postgres://h/d').sync();\n"
        ),
        ["sqlite::memory:"],
    ),
    Case(
        "knex",
        node(
            "module.exports = require('knex')({ client: 'pg', connection: { host: 'h', database: 'd', user: 'u' } });\n"
        ),
        ["postgresql://u@h/d"],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_address(buttress: Buttress, write: Write, case: Case) -> None:
    found = startup(buttress, write, case.files)["connections"]
    assert [connection["url"] for connection in found] == case.urls


def test_evidence_names_the_variable_that_wins(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "a default that the start script overrides")
    (connection,) = startup(buttress, write, case.files)["connections"]
    assert ("run.sh", 1, "the environment variable `DATABASE_URL` is set here") in [
        (one["path"], one["line"], one["message"]) for one in connection["evidence"]
    ]


def test_evidence_names_the_script_that_runs_npm(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "a variable of the script that runs npm")
    (connection,) = startup(buttress, write, case.files)["connections"]
    assert ("run.sh", 2, "the environment variable `DATABASE_URL` is set here") in [
        (one["path"], one["line"], one["message"]) for one in connection["evidence"]
    ]


def test_evidence_says_that_a_default_applies(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "a default")
    (connection,) = startup(buttress, write, case.files)["connections"]
    assert "`DATABASE_URL` is set by nothing" in " ".join(one["message"] for one in connection["evidence"])


def test_no_password_is_printed(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "a default that the start script overrides")
    assert "secret" not in buttress("facts", "startup", write(case.files), "--isolated").out.replace("run.sh:2", "")


DRIVERS = {
    "one": ('"pg": "8"', ["postgresql"]),
    "two": ('"pg": "8", "mysql2": "3"', [None]),
    "none": ('"a": "1"', [None]),
}


@pytest.mark.parametrize("drivers", DRIVERS)
def test_the_only_driver_tells_what_run_time_decides(buttress: Buttress, write: Write, drivers: str) -> None:
    declared, dialects = DRIVERS[drivers]
    body = "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(process.env.DATABASE_URL);\n"
    manifest = f'{{"dependencies": {{"express": "5", "sequelize": "6", {declared}}}}}'
    found = startup(buttress, write, node(body, {"package.json": manifest}))["connections"]
    assert [connection["dialect"] for connection in found] == dialects
    told = [one["message"] for connection in found for one in connection["evidence"]]
    assert any("`pg` is the only driver" in message for message in told) == (drivers == "one")
