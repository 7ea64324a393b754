"""Declarations of tables in SQL: words, types, statements, and the tables that they leave behind.

words       a text, as words and statements
types       the name of a type, as a ColumnType
tables      Schema: tables that change as statements are applied to them
statements  CREATE, ALTER and DROP, applied to a Schema
"""
