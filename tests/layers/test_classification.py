"""To which layer a file belongs, where its name alone would mislead."""

from __future__ import annotations

import json

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from verifier.check import check
from verifier.session import Options, open_session

PACKAGE = json.dumps({"dependencies": {"express": "^5.0.0", "knex": "^3.0.0"}, "scripts": {"start": "node app.js"}})
APP = """
const express = require('express')
const { list } = require('./articleHandler')
const { onError } = require('./errors/errorHandler')

const app = express()
app.get('/articles', list)
app.use(onError)
app.listen(3000)
"""
NAMES = {
    "package.json": PACKAGE,
    "app.js": APP,
    "articleHandler.js": "exports.list = (req, res) => res.json([])\n",
    "errors/errorHandler.js": "exports.onError = (error, req, res, next) => res.status(500).end()\n",
    "migrations/20240101-add-user-model.js": "exports.up = (knex) => knex.schema.createTable('users', () => {})\n",
    "db/seeds/user-models.js": "exports.seed = (knex) => knex('users').del()\n",
    "reports/materialized-views.js": "exports.refresh = (knex) => knex.raw('refresh materialized view totals')\n",
    "client/useActiveModels.js": "export const useActiveModels = () => []\n",
    "client/ArticleService.jsx": "export const ArticleService = () => null\n",
    "billing/invoiceService.js": "exports.total = (lines) => lines.length\n",
    "billing/invoice-model.js": "exports.Invoice = class {}\n",
}


def test_names_of_files(write: Write) -> None:
    layers = facts_of(write(NAMES)).layers
    assert {path: (layer.role, layer.reason) for path, layer in layers.files.items()} == {
        "app.js": ("routes", "the route that it declares"),
        "articleHandler.js": ("routes", "the file name `articleHandler.js`"),
        "billing/invoice-model.js": ("models", "the file name `invoice-model.js`"),
        "billing/invoiceService.js": ("services", "the file name `invoiceService.js`"),
    }


def test_a_folder_inside_the_controllers(write: Write) -> None:
    """What answers routes below a folder of controllers is one, whatever the folders inside are called."""
    app = (
        "const express = require('express')\n"
        "const mail = require('./controllers/services/mail')\n"
        "express().get('/mail', mail.read)\n"
    )
    files = {
        "package.json": PACKAGE,
        "app.js": app,
        "controllers/services/mail.js": "exports.read = (req, res) => res.end()\n",
        "controllers/services/format.js": "exports.format = (mail) => mail.subject\n",
        "services/mail.js": "exports.read = () => 1\n",
    }
    layers = facts_of(write(files)).layers
    assert {path: layer.reason for path, layer in layers.files.items() if path.endswith("mail.js")} == {
        "controllers/services/mail.js": "the folder `controllers/`",
        "services/mail.js": "the folder `services/`",
    }


def test_circles_among_tests_are_nobodys_architecture(write: Write) -> None:
    pair = {"a.js": "require('./b')\n", "b.js": "require('./a')\n"}
    files = {f"{folder}/{name}": text for folder in ("lib", "test") for name, text in pair.items()}
    root = write({**files, "package.json": PACKAGE})
    options = Options(path=root, cache=False, quiet=True, architecture="clean", select=("layers/import-cycle",))
    assert [finding.span.path for finding in check(open_session(options).facts).findings] == ["lib/a.js"]


def test_a_file_among_many_others_has_no_directory_of_its_own(write: Write) -> None:
    """A name makes one file a service; the folder of helpers around it does not become that of the services."""
    helpers = {f"lib/{name}.js": "exports.help = () => 1\n" for name in ("dates", "money", "words")}
    layered = {f"{role}/books.js": "exports.all = () => []\n" for role in ("routes", "repositories", "models")}
    root = write({**helpers, **layered, "lib/invoiceService.js": "exports.total = () => 1\n", "package.json": PACKAGE})
    options = Options(path=root, cache=False, quiet=True, architecture="clean", select=("layers/shared-directory",))
    assert [finding.span.path for finding in check(open_session(options).facts).findings] == ["lib/invoiceService.js"]


def test_controllers_beside_use_cases_and_what_sets_the_server_up(write: Write) -> None:
    root = write(
        {
            "package.json": json.dumps({"dependencies": {"express": "^5.0.0"}, "scripts": {"start": "node app.js"}}),
            "app.js": "const { start } = require('./utils/webService')\nstart(3000)\n",
            "utils/webService.js": """
const express = require('express')
const { LoginController } = require('../modules/useCases/login/LoginController')

exports.start = (port) => {
  const app = express()
  const login = new LoginController()
  app.use(express.json())
  app.post('/login', login.handle)
  app.listen(port)
}
""",
            "modules/useCases/login/LoginController.js": """
const { LoginUseCase } = require('./LoginUseCase')

exports.LoginController = class {
  async handle(req, res) {
    res.json(await new LoginUseCase().execute(req.body))
  }
}
""",
            "modules/useCases/login/LoginUseCase.js": "exports.LoginUseCase = class {\n"
            "  async execute(data) { return data }\n}\n",
        }
    )
    layers = facts_of(root).layers
    assert {path: layer.role for path, layer in layers.files.items()} == {
        "modules/useCases/login/LoginController.js": "routes",
        "modules/useCases/login/LoginUseCase.js": "services",
        "utils/webService.js": "routes",
    }
