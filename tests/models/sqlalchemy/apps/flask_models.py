import datetime

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
Column = db.Column
Model = db.Model
relationship = db.relationship


class CRUD:
    @classmethod
    def create(cls, **kwargs):
        return cls(**kwargs)


class SurrogatePK:
    __table_args__ = {"extend_existing": True}

    id = db.Column(db.Integer, primary_key=True)

    @classmethod
    def get_by_id(cls, record_id):
        return None


def reference_col(tablename, nullable=False, pk_name="id", **kwargs):
    return db.Column(db.ForeignKey(f"{tablename}.{pk_name}"), nullable=nullable, **kwargs)


follower_assoc = db.Table(
    "follower_assoc",
    db.Column("follower", db.Integer, db.ForeignKey("user_account.id")),
    db.Column("followed_by", db.Integer, db.ForeignKey("user_account.id")),
)


class UserAccount(CRUD, SurrogatePK, Model):
    username = Column(db.String(80), unique=True, nullable=False)
    created_at = Column(db.DateTime, nullable=False, default=datetime.datetime.utcnow)
    follows = relationship(
        "UserAccount",
        secondary=follower_assoc,
        primaryjoin="UserAccount.id == follower_assoc.c.follower",
        secondaryjoin="UserAccount.id == follower_assoc.c.followed_by",
        backref="followed_by",
        lazy="dynamic",
    )


class HTTPRequestLog(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = reference_col("user_account", nullable=True)
    user = relationship("UserAccount", backref=db.backref("logs", lazy="dynamic"))


class Named(db.Model):
    __tablename__ = "given_name"

    id = db.Column(db.Integer, primary_key=True)
    kind = db.Column(db.String(10))
    __mapper_args__ = {"polymorphic_on": kind}


class NamedChild(Named):
    extra = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "child"}


class NamedJoined(Named):
    id = db.Column(db.Integer, db.ForeignKey("given_name.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "joined"}


class Abstract(db.Model):
    __abstract__ = True

    note = db.Column(db.Text)


class Concrete2Thing(Abstract):
    __bind_key__ = "other"

    id = db.Column(db.BigInteger, primary_key=True)


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
app.config["SQLALCHEMY_BINDS"] = {"other": "sqlite://"}
db.init_app(app)
