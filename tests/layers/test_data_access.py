"""Which calls are data access: those that build or send statements, not those on what came back."""

from __future__ import annotations

from pathlib import Path

from tests.layers.projects import facts_of

FLASK = {
    "app.py": """
        from flask import Flask
        from extensions import db
        from views import blueprint

        app = Flask(__name__)
        db.init_app(app)
        app.register_blueprint(blueprint)
    """,
    "extensions.py": """
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()
    """,
    "models.py": """
        from abc import ABC
        from extensions import db

        class Keyed(object):
            @classmethod
            def by_id(cls, key):
                return cls.query.get(key)

        class Book(Keyed, db.Model):
            id = db.Column(db.Integer, primary_key=True)

        class Reader(ABC, db.Model):
            id = db.Column(db.Integer, primary_key=True)
    """,
}


def sites(folder: Path, files: dict[str, str]) -> dict[str, list[int]]:
    """Lines with data access, by file."""
    access = facts_of(folder, files).data_access
    return {path: sorted({site.span.line for site in found}) for path, found in access.items()}


def test_query_of_a_model_behind_plain_bases(tmp_path: Path) -> None:
    views = """\
        from flask import Blueprint
        from models import Book, Reader

        blueprint = Blueprint("books", __name__)

        @blueprint.get("/books/<slug>")
        def one(slug):
            book = Book.query.filter_by(slug=slug).first()
            book.check(slug)
            return str(book.title.upper())

        @blueprint.get("/readers")
        def readers():
            return str(Reader.query.join(Book).order_by(Reader.id).all())
        """
    assert sites(tmp_path, {**FLASK, "views.py": views}) == {"views.py": [8, 14]}


def test_parameter_that_a_decorator_fills(tmp_path: Path) -> None:
    views = """\
        from flask import Blueprint
        from flask_apispec import use_kwargs
        from webargs import fields
        from models import Book

        blueprint = Blueprint("books", __name__)

        @blueprint.get("/books")
        @use_kwargs({"tag": fields.Str()})
        def many(tag=None):
            if tag is not None:
                return str(Book.query.filter_by(tag=tag).all())
            return ""
        """
    assert sites(tmp_path, {**FLASK, "views.py": views}) == {"views.py": [12]}


def test_rows_of_a_session(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            from fastapi import Depends, FastAPI
            from sqlalchemy import text
            from sqlalchemy.orm import Session
            from store import Book, get_session, latest

            app = FastAPI()

            @app.get("/books")
            def books(session: Session = Depends(get_session)):
                row = latest(session)
                return {"title": row.get("title"), "scalar": row.tags.add("x")}

            @app.put("/books")
            def change(book: Book, session: Session = Depends(get_session)):
                book.settings.update({"read": True})
                session.merge(book)
            """,
        "store.py": """\
            from sqlalchemy import create_engine, text
            from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

            factory = sessionmaker(create_engine("sqlite://"))

            class Base(DeclarativeBase):
                pass

            class Book(Base):
                __tablename__ = "book"
                id: Mapped[int] = mapped_column(primary_key=True)
                settings: Mapped[dict]

            def get_session():
                with factory() as session:
                    yield session

            def latest(session: Session):
                return session.execute(text("SELECT * FROM book")).mappings().first()
            """,
    }
    assert sites(tmp_path, files) == {"main.py": [16], "store.py": [19]}


def test_query_sets(tmp_path: Path) -> None:
    files = {
        "manage.py": """\
            import os
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
            """,
        "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
        "shop/urls.py": """\
            from django.urls import path
            from shop import pages

            urlpatterns = [path("books/", pages.books), path("author/", pages.author)]
            """,
        "shop/stock.py": """\
            from django.db import models

            class Book(models.Model):
                title = models.TextField()
            """,
        "shop/pages.py": """\
            from shop.stock import Book

            shelf = Book.objects.select_related("author")

            def books(request):
                found = shelf
                if request.GET:
                    found = found.filter(title="x").exclude(title="y")
                return found.first().title.upper()

            def author(request):
                book = Book.objects.get(pk=1)
                name = book.author.full_name()
                book.delete()
                return name
            """,
    }
    assert sites(tmp_path, files) == {"shop/pages.py": [8, 9, 12, 14]}


def test_named_statements_of_aiosql(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            import aiosql
            from fastapi import FastAPI

            app = FastAPI()
            queries = aiosql.from_path("sql", "asyncpg")

            @app.get("/books")
            async def books():
                return await queries.books_of_the_year(None)
            """
    }
    assert sites(tmp_path, files) == {"main.py": [9]}


def test_fields_that_a_request_fills(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            from fastapi import FastAPI, Request
            from pydantic import BaseModel
            from sqlalchemy import select, text

            class Change(BaseModel):
                title: str | None = None

            class Token(BaseModel):
                sub: int | None = None

            app = FastAPI()

            @app.put("/books")
            def change(asked: Change):
                if asked.title is not None:
                    return select(asked)
                return None

            @app.get("/me")
            def me(request: Request):
                token = Token(**request.cookies)
                if token.sub is None:
                    return None
                return text("SELECT title FROM books")
            """
    }
    assert sites(tmp_path, files) == {"main.py": [16, 24]}


SEQUELIZE = {
    "package.json": '{"main": "app.js", "dependencies": {"express": "*", "sequelize": "*"}}',
    "models/user.js": """\
        module.exports = (sequelize, DataTypes) => {
          const User = sequelize.define('User', { name: DataTypes.STRING })
          User.prototype.rename = function (name) {
            this.name = name
            return this.save()
          }
          return User
        }
        """,
    "models/post.js": """\
        const { Model } = require('sequelize')

        module.exports = (sequelize, DataTypes) => {
          class Post extends Model {
            static latest () {
              return this.scope('published').findAll({ limit: 10 })
            }
          }
          return Post.init({ title: DataTypes.STRING }, { sequelize })
        }
        """,
    "models/index.js": """\
        const Sequelize = require('sequelize')

        const sequelize = new Sequelize('sqlite::memory:')
        const User = require('./user')(sequelize, Sequelize)
        const Post = require('./post')(sequelize, Sequelize)
        User.hasMany(Post)
        module.exports = { sequelize, User, Post }
        """,
}


def test_rows_of_sequelize(tmp_path: Path) -> None:
    app = """\
        const express = require('express')
        const { sequelize, User, Post } = require('./models')

        const app = express()
        app.delete('/users/:id', async (req, res) => {
          const user = await User.findByPk(req.params.id)
          if (user === null) return res.sendStatus(404)
          const name = user.get('name').trim()
          await user.destroy()
          res.json(name)
        })
        app.put('/users/:id', async (req, res) => {
          const [user, made] = await User.findOrCreate({ where: { id: req.params.id } })
          await user.rename(req.body.name)
          user.set('seen', new Date())
          await (await user.update(req.body)).reload()
          res.json(user.getDataValue('name'))
        })
        app.get('/users/:id/posts', async (req, res) => {
          const user = await sequelize.models.User.findOne()
          const posts = await user.getPosts()
          await user.addPost(await user.countPosts())
          res.json(posts.map((post) => post.getDataValue('title')))
        })
        app.post('/posts', async (req, res) => {
          const post = new Post()
          post.title = req.body.title
          await post.save()
          for (const other of await Post.latest()) {
            await other.increment('older')
          }
          const { rows } = await Post.findAndCountAll()
          rows.forEach((row) => row.destroy())
          const kept = await sequelize.transaction(async (transaction) => {
            return Post.create({ title: 'kept' }, { transaction })
          })
          await kept.restore()
          res.json(await sequelize.model('Post').build({}).save())
        })
        app.listen(3000)
        """
    assert sites(tmp_path, {**SEQUELIZE, "app.js": app}) == {
        "app.js": [6, 9, 13, 16, 20, 21, 22, 28, 30, 32, 33, 35, 37, 38],
        "models/post.js": [6],
        "models/user.js": [5],
    }


def test_models_of_sequelize_by_type(tmp_path: Path) -> None:
    files = {
        "package.json": '{"main": "app.ts", "dependencies": {"express": "*", "sequelize": "*"}}',
        "models.ts": """\
            import { DataTypes, HasManyGetAssociationsMixin, InferAttributes, Model, Sequelize } from 'sequelize'

            export const sequelize = new Sequelize('sqlite::memory:')

            export class User extends Model<InferAttributes<User>> {
              declare id: number
              declare getPosts: HasManyGetAssociationsMixin<Post>
              get label(): string { return `user ${this.id}` }
            }
            export class Post extends Model {}
            User.init({ id: { type: DataTypes.INTEGER, primaryKey: true } }, { sequelize })
            """,
        "app.ts": """\
            import express from 'express'
            import { Model, ModelStatic } from 'sequelize'
            import { Post, User } from './models'
            import { listed } from './outside'

            async function remove(user: User): Promise<void> {
              await user.destroy()
            }
            class Store<Row extends Model> {
              constructor(private readonly rows: ModelStatic<Row>) {}
              async touch(id: number) {
                const row = await this.rows.findByPk(id)
                await row?.update({ seen: true })
              }
            }
            const app = express()
            app.delete('/users/:id', async (req, res) => {
              const users: User[] = await listed()
              for (const user of users) await remove(user)
              await users[0].getPosts()
              await new Store(Post).touch(1)
              res.json(users[0].label.toUpperCase())
            })
            app.listen(3000)
            """,
    }
    assert sites(tmp_path, files) == {"app.ts": [7, 12, 13, 20]}
