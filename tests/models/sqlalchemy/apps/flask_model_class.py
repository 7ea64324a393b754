from typing import Optional

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})

    note: Mapped[Optional[str]] = mapped_column(sa.Text)


db = SQLAlchemy(model_class=Base)


class BlogPost(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    subtitle: Mapped[Optional[str]] = mapped_column(db.String(10))
    comments: Mapped[list["PostComment"]] = relationship(back_populates="post")


class PostComment(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(db.ForeignKey("blog_post.id"))
    post: Mapped["BlogPost"] = db.relationship(back_populates="comments")


labels = db.Table(
    "labels",
    sa.Column("post_id", sa.ForeignKey(BlogPost.id), primary_key=True),
    sa.Column("name", sa.String(5), primary_key=True),
)
