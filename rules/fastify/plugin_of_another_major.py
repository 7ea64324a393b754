"""A plugin is made for another major version of Fastify than the one that is installed.

Plugins say which Fastify they are made for, and Fastify holds that against its own version when they are registered.
The server does not start: `FST_ERR_PLUGIN_VERSION_MISMATCH: fastify-plugin: @fastify/cors - expected '5.x' fastify
version, '4.29.1' is installed`.

Take the plugin's version for this Fastify, or the Fastify for this plugin: `@fastify/cors` 10 and 11, `@fastify/jwt` 9
and 10, `@fastify/cookie` 10 and 11 are for Fastify 5, and `@fastify/cors` 8 and 9, `@fastify/jwt` 7 and 8,
`@fastify/cookie` 8 and 9 for Fastify 4.

The rule looks at versions that package.json or a lock file decides, of plugins that the code imports.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Requirement, is_test, rule, version_range

# Plugin to the versions of it that are told to expect Fastify 4, and to those that are told to expect Fastify 5.
PLUGINS = {
    "@fastify/auth": (">=4.6 <5", ">=5 <6"),
    "@fastify/bearer-auth": ("", ">=10.1 <11"),
    "@fastify/cookie": (">=8.3 <10", ">=10 <12"),
    "@fastify/cors": (">=8.5 <10", ">=10 <12"),
    "@fastify/env": ("", ">=5 <6"),
    "@fastify/formbody": (">=7.4 <8", ">=8 <10"),
    "@fastify/helmet": (">=10.1 <12", ">=12 <14"),
    "@fastify/jwt": (">=7.2 <9", ">=9 <11"),
    "@fastify/multipart": (">=7.7 <9", ">=9 <11"),
    "@fastify/rate-limit": (">=8.1 <10", ">=10 <12"),
    "@fastify/sensible": (">=5.6 <6", ">=6 <7"),
    "@fastify/static": (">=7 <8", ">=8 <11"),
    "@fastify/swagger": (">=7.6 <9", ">=9 <10"),
}


@rule(Category.SERVER_STARTUP_FAILURE)
def plugin_of_another_major(facts: Facts) -> Iterator[Problem]:
    """Yield each plugin that the installed Fastify refuses."""
    declared = facts.project.manifests.requirements
    plugins = [one for one in declared if one.name in PLUGINS and not one.development]
    core = next((one for one in declared if one.name == "fastify" and not one.development), None)
    installed = version_range(facts.project, "fastify") if plugins and core is not None else None
    if installed is None or core is None:
        return
    imported = {one.module for path, own in facts.files.items() if not is_test(path) for one in own.imports}
    for plugin in plugins:
        if plugin.name not in imported or plugin.span.path != core.span.path:
            continue
        wanted = wanted_by(facts, plugin)
        if wanted is None or installed.maybe(f">={wanted} <{wanted + 1}"):
            continue
        shown = core.locked or core.specifier
        yield Problem(
            plugin.span,
            f"{plugin.name} {plugin.locked or plugin.specifier} is made for Fastify {wanted}, and {shown} is installed",
            related=(Related(core.span, f"fastify {shown}"),),
            symptom=f"the start fails: FST_ERR_PLUGIN_VERSION_MISMATCH: {plugin.name} - expected '{wanted}.x'",
            remedy=f"Take the version of {plugin.name} for this Fastify, or Fastify {wanted}",
            routes=(),
            identity=plugin.name,
        )


def wanted_by(facts: Facts, plugin: Requirement) -> int | None:
    """The major version of Fastify that a plugin surely expects."""
    versions = version_range(facts.project, plugin.name)
    for major, spec in zip((4, 5), PLUGINS[plugin.name], strict=True):
        if versions is not None and spec and versions.surely(spec):
            return major
    return None
