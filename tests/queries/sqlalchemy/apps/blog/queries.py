from models import Label, Note, Person, Post, Profile, Section, follows, post_labels
from sqlalchemy import (
    Integer,
    String,
    and_,
    asc,
    between,
    case,
    cast,
    delete,
    desc,
    distinct,
    exists,
    extract,
    false,
    func,
    insert,
    intersect,
    except_,
    literal,
    literal_column,
    not_,
    null,
    nulls_last,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, load_only, selectinload


def whole():
    return select(Person)


def one_column():
    return select(Person.name)


def columns_of_two():
    return select(Post.title, Person.name).join(Person)


def equal():
    return select(Person).where(Person.name == "ann")


def unequal():
    return select(Person).where(Person.name != "ann")


def compare():
    return select(Person).where(Person.age >= 18, Person.age < 65)


def is_none():
    return select(Person).where(Person.age == None)  # noqa: E711


def is_not_none():
    return select(Person).where(Person.age != None)  # noqa: E711


def is_method():
    return select(Person).where(Person.age.is_(None))


def is_not_method():
    return select(Person).where(Person.age.is_not(None))


def in_values():
    return select(Person).where(Person.id.in_([1, 2, 3]))


def not_in_values():
    return select(Person).where(Person.id.not_in((1, 2)))


def negated_in():
    return select(Person).where(~Person.id.in_([4, 5]))


def like():
    return select(Person).where(Person.name.like("a%"))


def ilike():
    return select(Person).where(Person.name.ilike("%nn%"))


def not_like():
    return select(Person).where(Person.name.not_like("a%"))


def contains_text():
    return select(Post).where(Post.title.contains("sql"))


def starts():
    return select(Post).where(Post.title.startswith("How"))


def ends():
    return select(Post).where(Post.title.endswith("?"))


def contains_escaped():
    return select(Post).where(Post.title.contains("5%", autoescape=True))


def between_method():
    return select(Person).where(Person.age.between(20, 30))


def between_function():
    return select(Person).where(between(Person.age, 20, 30))


def and_function():
    return select(Person).where(and_(Person.age > 1, Person.name == "x"))


def or_function():
    return select(Person).where(or_(Person.age > 1, Person.name == "x"))


def nested_logic():
    return select(Person).where(or_(and_(Person.age > 1, Person.age < 5), not_(Person.name == "x")))


def operators():
    return select(Person).where((Person.age > 1) & (Person.name == "x") | ~(Person.email == "e"))


def not_of_or():
    return select(Person).where(~or_(Person.age > 1, Person.name == "x"))


def boolean_column():
    return select(Post).where(Post.published)


def not_boolean_column():
    return select(Post).where(~Post.published)


def boolean_is_true():
    return select(Post).where(Post.published.is_(True))


def boolean_equals_false():
    return select(Post).where(Post.published == false())


def true_constant():
    return select(Post).where(and_(true(), Post.views > 3))


def arithmetic():
    return select(Post.views + 1, Post.views * 2 - 3)


def text_concatenation():
    return select(Person.name + " <" + Person.email + ">")


def modulo():
    return select(Post).where(Post.views % 2 == 0)


def minus():
    return select(-Post.views)


def label_order():
    return select(Person.name.label("n")).order_by("n")


def label_object_order():
    total = func.count(Post.id).label("total")
    return select(Post.author_id, total).group_by(Post.author_id).order_by(total.desc())


def order_many():
    return select(Post).order_by(Post.views.desc(), Post.title.asc(), Post.id)


def order_functions():
    return select(Post).order_by(desc(Post.views), asc(Post.title))


def order_nulls():
    return select(Person).order_by(Person.age.desc().nulls_last())


def order_nulls_function():
    return select(Person).order_by(nulls_last(Person.age.asc()))


def order_by_function():
    return select(Person).order_by(func.lower(Person.name))


def limited():
    return select(Post).order_by(Post.id).limit(10).offset(20)


def sliced():
    return select(Post).order_by(Post.id).slice(5, 15)


def distinct_rows():
    return select(Post.author_id).distinct()


def count_all():
    return select(func.count()).select_from(Post)


def count_column():
    return select(func.count(Post.id))


def count_distinct():
    return select(func.count(distinct(Post.author_id)))


def count_distinct_method():
    return select(func.count(Post.author_id.distinct()))


def aggregates():
    return select(func.sum(Post.views), func.avg(Post.views), func.max(Post.views), func.min(Post.views))


def grouped():
    return select(Post.author_id, func.count(Post.id)).group_by(Post.author_id)


def having():
    return select(Post.author_id).group_by(Post.author_id).having(func.count(Post.id) > 3)


def coalesced():
    return select(func.coalesce(Person.age, 0))


def custom_function():
    return select(func.my_own(Person.id, "x"))


def lower_equal():
    return select(Person).where(func.lower(Person.name) == "ann")


def join_by_relationship():
    return select(Post).join(Post.author)


def join_by_target():
    return select(Post).join(Person)


def join_with_condition():
    return select(Post).join(Person, Person.name == Post.editor_name)


def join_target_and_relationship():
    return select(Post).join(Person, Post.author)


def outer_join():
    return select(Person).outerjoin(Person.posts)


def is_outer():
    return select(Person).join(Person.posts, isouter=True)


def full_join():
    return select(Person).join(Person.posts, full=True)


def join_many_to_many():
    return select(Post).join(Post.labels)


def outer_join_many_to_many():
    return select(Post).outerjoin(Post.labels).where(Label.text == "x")


def join_backref():
    return select(Label).join(Label.posts).where(Post.views > 3)


def join_twice_same_path():
    return select(Post).join(Post.author).join(Post.author)


def join_chain():
    return select(Note).join(Note.post).join(Post.author).where(Person.name == "x")


def join_chain_targets():
    return select(Note.text).join(Post).join(Person, Post.author_id == Person.id)


def join_relationship_and():
    return select(Person).outerjoin(Person.posts.and_(Post.published.is_(True)))


def join_self():
    parent = aliased(Section)
    return select(Section, parent).join(Section.parent.of_type(parent))


def join_self_target():
    parent = aliased(Section, name="up")
    return select(Section.name, parent.name).join(parent, Section.parent)


def join_self_on():
    child = aliased(Section)
    return select(Section.id).outerjoin(child, child.parent_id == Section.id).where(child.id == None)  # noqa: E711


def join_association_table():
    return select(Post).join(post_labels).join(Label).where(Label.text == "x")


def join_association_on():
    return select(Post).join(post_labels, post_labels.c.post_id == Post.id).where(post_labels.c.label_id == 3)


def join_followers():
    follower = aliased(Person)
    return select(Person).join(Person.followers.of_type(follower)).where(follower.name == "x")


def join_following():
    other = aliased(Person)
    return select(Person.id).join(other, Person.following).where(other.id == 7)


def join_from():
    return select(Post.title, Person.name).join_from(Person, Post)


def join_from_outer():
    return select(Post.title, Person.name).join_from(Person, Post, isouter=True)


def select_from_join():
    return select(func.count(Note.id)).select_from(Post).join(Post.notes)


def implicit_cross():
    return select(Post.title, Person.name).where(Post.author_id == Person.id)


def filter_by():
    return select(Person).filter_by(name="ann", age=3)


def filter_by_after_join():
    return select(Post).join(Post.author).filter_by(name="ann")


def filter_alias_of_where():
    return select(Person).filter(Person.name == "x")


def any_collection():
    return select(Person).where(Person.posts.any())


def any_with_condition():
    return select(Person).where(Person.posts.any(Post.views > 100))


def any_with_keyword():
    return select(Post).where(Post.labels.any(text="sql"))


def any_many_to_many():
    return select(Post).where(Post.labels.any(Label.text.in_(["a", "b"])))


def not_any():
    return select(Person).where(~Person.posts.any())


def has_parent():
    return select(Post).where(Post.author.has(Person.name == "x"))


def has_keyword():
    return select(Post).where(Post.author.has(name="x"))


def any_nested():
    return select(Person).where(Person.posts.any(Post.notes.any(Note.stars > 3)))


def any_self_referential():
    return select(Section).where(Section.children.any(name="x"))


def relationship_is_none():
    return select(Section).where(Section.parent == None)  # noqa: E711


def relationship_is_not_none():
    return select(Section).where(Section.parent != None)  # noqa: E711


def exists_select():
    return select(Person).where(exists().where(Post.author_id == Person.id))


def exists_column():
    return select(Person).where(exists(Post.id).where(Post.author_id == Person.id))


def exists_of_select():
    return select(Person.id).where(select(Post.id).where(Post.author_id == Person.id).exists())


def not_exists():
    return select(Person).where(~exists().where(Post.author_id == Person.id))


def exists_top():
    return select(exists().where(Person.name == "x"))


def exists_select_from():
    return select(select(Person).where(Person.email == "x").exists())


def in_subquery():
    return select(Post).where(Post.author_id.in_(select(Person.id).where(Person.active)))


def not_in_subquery():
    return select(Post).where(Post.author_id.not_in(select(Person.id)))


def scalar_subquery_column():
    count = select(func.count(Post.id)).where(Post.author_id == Person.id).scalar_subquery()
    return select(Person.name, count.label("posts"))


def scalar_subquery_where():
    average = select(func.avg(Post.views)).scalar_subquery()
    return select(Post).where(Post.views > average)


def scalar_subquery_correlated():
    latest = select(func.max(Post.id)).where(Post.author_id == Person.id).correlate(Person).scalar_subquery()
    return select(Person, latest)


def subquery_from():
    sub = select(Post.author_id, func.count(Post.id).label("n")).group_by(Post.author_id).subquery()
    return select(Person.name, sub.c.n).join(sub, sub.c.author_id == Person.id)


def subquery_outer():
    sub = (
        select(Post.author_id.label("who"), func.max(Post.views).label("best")).group_by(Post.author_id).subquery("top")
    )
    return select(Person, sub.c.best).outerjoin(sub, Person.id == sub.c.who).order_by(sub.c.best.desc())


def subquery_whole():
    sub = select(Post).where(Post.published).subquery()
    return select(sub.c.title, sub.c.views)


def subquery_count():
    return select(func.count()).select_from(select(Post).where(Post.views > 3).subquery())


def aliased_subquery():
    sub = select(Post).where(Post.views > 5).subquery()
    popular = aliased(Post, sub)
    return select(popular).where(popular.title == "x")


def cte():
    regional = select(Post.author_id, func.sum(Post.views).label("total")).group_by(Post.author_id).cte("totals")
    return select(Person.name, regional.c.total).join(regional, regional.c.author_id == Person.id)


def cte_twice():
    base = select(Post.id, Post.author_id).cte("base")
    other = base.alias("other")
    return select(base.c.id, other.c.id).where(base.c.author_id == other.c.author_id)


def cte_recursive():
    tree = select(Section.id, Section.parent_id).where(Section.parent_id == None).cte("tree", recursive=True)  # noqa: E711
    tree = tree.union_all(select(Section.id, Section.parent_id).join(tree, Section.parent_id == tree.c.id))
    return select(tree.c.id)


def union_two():
    return union(select(Person.name), select(Label.text))


def union_all_ordered():
    return union_all(select(Person.name.label("n")), select(Label.text.label("n"))).order_by("n").limit(5)


def union_method():
    return select(Person.id).union(select(Post.id))


def intersect_two():
    return intersect(select(Post.author_id), select(Note.person_id))


def except_two():
    return except_(select(Person.id), select(Post.author_id))


def union_subquery():
    both = union_all(select(Person.id.label("i")), select(Post.id.label("i"))).subquery()
    return select(func.count()).select_from(both)


def case_when():
    return select(case((Person.age > 18, "adult"), else_="child"))


def case_many():
    return select(case((Post.views > 100, 2), (Post.views > 10, 1), else_=0).label("rank")).order_by("rank")


def case_by_value():
    return select(case({"a": 1, "b": 2}, value=Person.name, else_=3))


def cast_type():
    return select(cast(Post.views, String))


def cast_method():
    return select(Person.name.cast(Integer))


def literals():
    return select(literal(1), literal("x"), null())


def text_condition():
    return select(Person).where(text("people.age > 3"))


def text_column():
    return select(text("1")).select_from(Person)


def literal_columns():
    return select(literal_column("1").label("one"), Person.id)


def tuple_in():
    return select(Post).where(tuple_(Post.id, Post.author_id).in_([(1, 2), (3, 4)]))


def window():
    return select(Post.id, func.row_number().over(partition_by=Post.author_id, order_by=Post.views.desc()))


def window_label():
    rank = func.rank().over(order_by=Post.views.desc()).label("place")
    return select(Post.title, rank)


def aliased_entity():
    other = aliased(Post)
    return select(Post.id, other.id).where(Post.title == other.title, Post.id < other.id)


def named_alias():
    writer = aliased(Person, name="writer")
    return select(writer.name).where(writer.age > 3)


def options_are_left_out():
    return select(Post).options(joinedload(Post.author), selectinload(Post.notes))


def contains_eager_join():
    return select(Post).join(Post.author).options(contains_eager(Post.author)).where(Person.name == "x")


def for_update():
    return select(Person).where(Person.id == 1).with_for_update()


def with_only():
    return select(Person).with_only_columns(Person.id, Person.name)


def add_columns():
    return select(Person.id).add_columns(Person.name)


def insert_values():
    return insert(Label).values(text="x")


def insert_many():
    return insert(Label).values([{"text": "a"}, {"text": "b"}])


def insert_dict():
    return insert(Label).values({"text": "x", "id": 3})


def insert_from_select():
    return insert(Label).from_select(["text"], select(Person.name).where(Person.age > 3))


def insert_association():
    return insert(post_labels).values(post_id=1, label_id=2)


def insert_returning():
    return insert(Label).values(text="x").returning(Label.id, Label.text)


def update_values():
    return update(Post).where(Post.id == 1).values(title="x", views=Post.views + 1)


def update_returning():
    return update(Post).where(Post.id == 1).values(title="x").returning(Post.id)


def update_by_column():
    return update(Person).where(Person.name == "x").values({Person.name: "y"})


def update_subquery():
    count = select(func.count(Note.id)).where(Note.post_id == Post.id).scalar_subquery()
    return update(Post).values(views=count)


def delete_where():
    return delete(Note).where(Note.stars < 2)


def delete_in_subquery():
    return delete(Note).where(Note.post_id.in_(select(Post.id).where(Post.author_id == 1)))


def delete_table():
    return delete(follows).where(follows.c.follower_id == 1, follows.c.followed_id == 2)


def delete_exists():
    return delete(Person).where(~exists().where(Post.author_id == Person.id))


def same_alias_twice():
    sub = select(Post.id).where(Post.published).subquery()
    return select(Note).where(Note.post_id.in_(select(sub.c.id)))


def load_only_columns():
    return select(Person.id, Profile.bio).join(Profile, isouter=True)


def correlated_in():
    return select(Person).where(
        Person.id.in_(select(Note.person_id).where(Note.post_id == Post.id, Post.author_id == 5))
    )


def helper_conditions():
    conditions = [Person.age > 3]
    conditions.append(Person.name == "x")
    return select(Person).where(*conditions)


def loop_of_conditions():
    stmt = select(Person)
    for word in ("a", "b"):
        stmt = stmt.where(Person.name.contains(word))
    return stmt


def _visible(stmt):
    return stmt.where(Post.published.is_(True))


def through_a_helper():
    return _visible(select(Post)).order_by(Post.id)


def order_reset():
    return select(Post).order_by(Post.id).order_by(None).order_by(Post.title)


def group_by_entity_columns():
    return select(Person, func.count(Post.id)).outerjoin(Person.posts).group_by(Person.id)


def legacy_query(session: Session):
    return session.query(Person).filter(Person.name == "x").order_by(Person.id)


def legacy_join(session: Session):
    return session.query(Post).join(Post.author).filter(Person.name == "x").limit(3)


def legacy_columns(session: Session):
    return (
        session.query(Person.id, func.count(Post.id)).outerjoin(Post, Post.author_id == Person.id).group_by(Person.id)
    )


def legacy_filter_by(session: Session):
    return session.query(Person).filter_by(name="x", age=3)


def legacy_subquery(session: Session):
    sub = session.query(Post.author_id, func.count("*").label("n")).group_by(Post.author_id).subquery()
    return session.query(Person, sub.c.n).outerjoin(sub, Person.id == sub.c.author_id)


def legacy_with_entities(session: Session):
    return session.query(Person).filter(Person.age > 3).with_entities(Person.id)


def legacy_exists(session: Session):
    return session.query(Person).filter(session.query(Post).filter(Post.author_id == Person.id).exists())


def legacy_in(session: Session):
    return session.query(Post).filter(Post.author_id.in_(session.query(Person.id).filter(Person.age > 3)))


def legacy_distinct(session: Session):
    return session.query(Post.author_id).distinct()


def legacy_slice(session: Session):
    return session.query(Post).order_by(Post.id)[2:5] if False else session.query(Post).order_by(Post.id).slice(2, 5)
