"""A model while it is read: of a class of the project, of a library, or of migrations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from verifier.api import Class, Const, External, Sequence, Span, Value, options, text_of

from ._fields import TO_ONE, Field


class Model(Struct, eq=False, dict=True):
    """A model.

    Attributes:
        app: label of its application; None where that is not known.
        cls: its class in the project.
        paths: the dotted paths of a library's model.
        options: what its ``Meta`` says, with what that inherits.
        meta: the class ``Meta``.
        parents: the models that it derives from, abstract ones too.
        links: the fields that lead to the concrete ones among them, by their labels.
        fields: its own and those of its abstract bases, by name.
        names: further names that its class binds; ``properties`` those that its constructor takes.
        plain: fields that a base binds which is no model: Django takes no notice of them.
        renamed: earlier names of fields, in migrations.
        installed: whether its application is among those installed; None where that is not known.
    """

    name: str
    app: str | None
    span: Span
    cls: Class | None = None
    paths: tuple[str, ...] = ()
    options: dict[str, Value] = field(default_factory=dict)
    meta: Class | None = None
    abstract: bool = False
    parents: list[Model] = field(default_factory=list)
    links: dict[str, str | None] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)
    plain: list[tuple[str, Field]] = field(default_factory=list)
    accepts_any: bool = False
    open: list[str] = field(default_factory=list)
    installed: bool | None = True
    auto_field: str | None = None
    swapped: bool = False
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name by which declarations refer to it."""
        return f"{self.app}.{self.name}"

    @property
    def key(self) -> str:
        """The same in the form in which Django compares it."""
        return self.label.lower()

    @property
    def model_name(self) -> str:
        """Its name in small letters."""
        return self.name.lower()

    @property
    def proxy(self) -> bool:
        """Whether it shares the table of its base."""
        return truth_of(self.options.get("proxy")) is True

    @property
    def managed(self) -> bool:
        """Whether the project creates its table."""
        return truth_of(self.options.get("managed")) is not False

    @property
    def bases(self) -> Iterator[Model]:
        """The concrete models that it derives from, through abstract ones too."""
        for parent in self.parents:
            if parent.abstract:
                yield from parent.bases
            else:
                yield parent

    def concrete(self) -> Model:
        """The model whose table it uses: itself, unless it is a proxy."""
        found = self
        for _ in range(20):
            if not found.proxy:
                break
            base = next(found.bases, None)
            if base is None:
                break
            found = base
        return found

    def lineage(self) -> list[Model]:
        """It and the concrete models that it derives from, near before far."""
        found: list[Model] = []
        waiting: list[Model] = [self]
        while waiting:
            model = waiting.pop(0)
            if model not in found:
                found.append(model)
                waiting.extend(model.bases)
        return found

    def lookup(self, name: str) -> tuple[Model, Field] | None:
        """A field of a name, its own or an inherited one, with the model that holds it."""
        for model in self.lineage():
            for found in (model.fields.get(name), model.fields.get(name.removesuffix("_id"))):
                if found is not None and (found.name == name or found.core in TO_ONE):
                    return model, found
        return None

    def key_field(self) -> Field | None:
        """Its primary key; None where it has none that was read."""
        model = self.concrete()
        return next((found for found in model.fields.values() if found.primary_key), None)


def truth_of(value: Value | None) -> bool | None:
    """A truth value that is surely known."""
    return bool(value.value) if isinstance(value, Const) else None


def names_in(value: Value | None) -> list[str] | None:
    """Names in a list or tuple; None where not all are known."""
    if not isinstance(value, Sequence) or not value.complete:
        return None
    found = [text_of(item) for item in value.items]
    return [text for text in found if text is not None] if None not in found else None


def groups_in(value: Value | None) -> list[list[str]] | None:
    """``unique_together``: one group of names, or several; None where not all are known."""
    if value is None:
        return []
    single = names_in(value)
    if single is not None:
        return [single] if single else []
    if not isinstance(value, Sequence) or not value.complete:
        return None
    groups = [names_in(item) for item in value.items]
    return [group for group in groups if group is not None] if None not in groups else None


def linearised(cls: Class) -> list[Value]:
    """Python's order of method resolution, as far as bases are known; near before far where it cannot be made."""
    known: dict[int, list[Value]] = {}

    def merge(found: Value, depth: int) -> list[Value] | None:
        if not isinstance(found, Class):
            return [found]
        if id(found) in known:
            return known[id(found)]
        if depth > 40:
            return None
        bases = bases_of(found)
        lines = [merge(base, depth + 1) for base in bases]
        if any(line is None for line in lines):
            return None
        sequences = [list(line) for line in lines if line] + [bases]
        result: list[Value] = [found]
        while any(sequences):
            sequences = [line for line in sequences if line]
            head = next((line[0] for line in sequences if not in_tail(line[0], sequences)), None)
            if head is None:
                return None
            result.append(head)
            sequences = [line[1:] if same_base(line[0], head) else line for line in sequences]
        known[id(found)] = result
        return result

    return merge(cls, 0) or list(cls.lineage())


def bases_of(cls: Class) -> list[Value]:
    """The bases of a class. Of one that may be something unknown instead, what is known is taken."""
    found: list[Value] = []
    for base in cls.bases:
        known = [option for option in options(base) if isinstance(option, Class | External)]
        found.append(known[0] if len(known) == 1 else base)
    return found


def same_base(left: Value, right: Value) -> bool:
    """Whether two bases are one class."""
    return left is right or (
        getattr(left, "path", None) is not None and getattr(left, "path", None) == getattr(right, "path", "")
    )


def in_tail(head: Value, sequences: Iterable[list[Value]]) -> bool:
    """Whether a base stands behind others that must come first."""
    return any(same_base(head, other) for line in sequences for other in line[1:])
