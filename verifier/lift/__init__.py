"""lift: what a program's values say of a database, as SQL.

nouns      Site, Statement, Query, Load
texts      SQL that is written as text: ``lift_text``, ``lift_fragment``
pieces     nodes of sqlglot that remember where they were written, and holes where run time decides
"""
