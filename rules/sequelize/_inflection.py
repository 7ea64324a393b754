"""Singular and plural as Sequelize makes them: the rules of the npm package ``inflection`` 1.13, which it uses.

Sequelize pluralises a model's name for its table and for aliases, and singularises aliases for keys and mixins.
"""

from __future__ import annotations

import re
from functools import cache

UNCOUNTABLE = frozenset(
    """
    accommodation adulthood advertising advice aggression aid air aircraft alcohol anger applause arithmetic
    assistance athletics bacon baggage beef biology blood botany bread butter carbon cardboard cash chalk chaos
    chess crossroads countryside dancing deer dignity dirt dust economics education electricity engineering
    enjoyment envy equipment ethics evidence evolution fame fiction flour flu food fuel fun furniture gallows
    garbage garlic genetics gold golf gossip gratitude grief guilt gymnastics happiness hardware harm hate hatred
    health heat help homework honesty honey hospitality housework humour hunger hydrogen ice importance inflation
    information innocence iron irony jam jewelry judo karate knowledge lack laughter lava leather leisure lightning
    linguine linguini linguistics literature litter livestock logic loneliness luck luggage macaroni machinery magic
    management mankind marble mathematics mayonnaise measles methane milk minus money mud music mumps nature news
    nitrogen nonsense nurture nutrition obedience obesity oxygen pasta patience physics poetry pollution poverty
    pride psychology publicity punctuation quartz racism relaxation reliability research respect revenge rice
    rubbish rum safety scenery seafood seaside series shame sheep shopping sleep smoke smoking snow soap software
    soil spaghetti species steam stuff stupidity sunshine symmetry tennis thirst thunder timber traffic
    transportation trust underwear unemployment unity validity veal vegetation vegetarianism vengeance violence
    vitality warmth wealth weather welfare wheat wildlife wisdom yoga zinc zoology
    """.split()
)
# What a word ends in, and what becomes of it the other way. A word that ends in the wanted form already stays: it is
# tried against all of those first, except where the package leaves a form out (``skipped``).
PLURAL = {
    "men": (r"^(m|wom)en$", r"\1an"),
    "people": (r"(pe)ople$", r"\1rson"),
    "children": (r"(child)ren$", r"\1"),
    "databases": (r"(database)s$", r"\1"),
    "drives": (r"(drive)s$", r"\1"),
    "genera": (r"^genera$", "genus"),
    "criteria": (r"^(criteri)a$", r"\1on"),
    "tia": (r"([ti])a$", r"\1um"),
    "analyses": (r"((a)naly|(b)a|(d)iagno|(p)arenthe|(p)rogno|(s)ynop|(t)he)ses$", r"\1\2sis"),
    "hives": (r"(hi|ti)ves$", r"\1ve"),
    "curves": (r"(curve)s$", r"\1"),
    "lrves": (r"([lr])ves$", r"\1f"),
    "aves": (r"([a])ves$", r"\1ve"),
    "foves": (r"([^fo])ves$", r"\1fe"),
    "movies": (r"(m)ovies$", r"\1ovie"),
    "ies": (r"([^aeiouy]|qu)ies$", r"\1y"),
    "series": (r"(s)eries$", r"\1eries"),
    "xes": (r"(x|ch|ss|sh)es$", r"\1"),
    "mice": (r"([m|l])ice$", r"\1ouse"),
    "buses": (r"(bus)es$", r"\1"),
    "oes": (r"(o)es$", r"\1"),
    "shoes": (r"(shoe)s$", r"\1"),
    "crises": (r"(cris|ax|test)es$", r"\1is"),
    "octopuses": (r"(octop|vir)uses$", r"\1us"),
    "aliases": (r"(alias|canvas|status|campus)es$", r"\1"),
    "summonses": (r"^(summons|bonus)es$", r"\1"),
    "oxen": (r"^(ox)en", r"\1"),
    "matrices": (r"(matr)ices$", r"\1ix"),
    "vertices": (r"(vert|ind)ices$", r"\1ex"),
    "feet": (r"^feet$", "foot"),
    "teeth": (r"^teeth$", "tooth"),
    "geese": (r"^geese$", "goose"),
    "quizzes": (r"(quiz)zes$", r"\1"),
    "whereases": (r"^(whereas)es$", r"\1"),
    "ss": (r"ss$", "ss"),
    "s": (r"s$", ""),
}
SINGULAR = {
    "man": (r"^(m|wom)an$", r"\1en"),
    "person": (r"(pe)rson$", r"\1ople"),
    "child": (r"(child)$", r"\1ren"),
    "drive": (r"(drive)$", r"\1s"),
    "ox": (r"^(ox)$", r"\1en"),
    "axis": (r"(ax|test)is$", r"\1es"),
    "octopus": (r"(octop|vir)us$", r"\1uses"),
    "alias": (r"(alias|status|canvas|campus)$", r"\1es"),
    "summons": (r"^(summons|bonus)$", r"\1es"),
    "bus": (r"(bu)s$", r"\1ses"),
    "buffalo": (r"(buffal|tomat|potat)o$", r"\1oes"),
    "tium": (r"([ti])um$", r"\1a"),
    "sis": (r"sis$", "ses"),
    "fe": (r"(?:([^f])fe|([lr])f)$", r"\1\2ves"),
    "hive": (r"(hi|ti)ve$", r"\1ves"),
    "y": (r"([^aeiouy]|qu)y$", r"\1ies"),
    "matrix": (r"(matr)ix$", r"\1ices"),
    "vertex": (r"(vert|ind)ex$", r"\1ices"),
    "x": (r"(x|ch|ss|sh)$", r"\1es"),
    "mouse": (r"([m|l])ouse$", r"\1ice"),
    "foot": (r"^foot$", "feet"),
    "tooth": (r"^tooth$", "teeth"),
    "goose": (r"^goose$", "geese"),
    "quiz": (r"(quiz)$", r"\1zes"),
    "whereas": (r"^(whereas)$", r"\1es"),
    "criterion": (r"^(criteri)on$", r"\1a"),
    "genus": (r"^genus$", "genera"),
    "s": (r"s$", "s"),
    "": (r"$", "s"),
}
# Forms that do not stop a word from being changed.
NO_PLURAL = frozenset({"aves", "vertices", "ss", "s"})
NO_SINGULAR = frozenset({"vertex", "s", ""})


@cache
def pluralize(word: str) -> str:
    """The plural of a word, as ``Utils.pluralize`` gives it."""
    return inflected(word, PLURAL, NO_PLURAL, SINGULAR)


@cache
def singularize(word: str) -> str:
    """The singular of a word, as ``Utils.singularize`` gives it."""
    return inflected(word, SINGULAR, NO_SINGULAR, PLURAL)


def inflected(
    word: str, done: dict[str, tuple[str, str]], skipped: frozenset[str], wanted: dict[str, tuple[str, str]]
) -> str:
    """The first rule that fits decides: those by which a word stays as it is come before those that change it."""
    if word.lower() in UNCOUNTABLE:
        return word
    for name, (pattern, _) in done.items():
        if name not in skipped and re.search(pattern, word, re.IGNORECASE):
            return word
    for pattern, replacement in wanted.values():
        if re.search(pattern, word, re.IGNORECASE):
            return re.sub(pattern, replacement, word, count=1, flags=re.IGNORECASE)
    return word


def underscore(word: str) -> str:
    """``userId`` as ``user_id``: each capital letter begins a part."""
    parts = (re.sub(r"([A-Z])", r"_\1", part).removeprefix("_") for part in word.split("::"))
    return "/".join(parts).lower()


def camelize(*parts: str) -> str:
    """``user``, ``id`` as ``userId``."""
    return re.sub(r"[-_\s]+(.)?", lambda found: (found.group(1) or "").upper(), "_".join(parts).strip())


def upper_first(word: str) -> str:
    """The word with a capital letter at its start."""
    return word[:1].upper() + word[1:]
