// Prints what acorn (JavaScript) or typescript-estree (TypeScript) finds in each file that is named on a line of the
// input: a JSON line with the facts [kind, offset, ...details] that test_javascript_estree.py draws from our tree.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const acorn = require("acorn");
const { parse } = require("@typescript-eslint/typescript-estree");

const TYPES = new Set(["implements", "returnType", "superTypeArguments", "typeAnnotation", "typeArguments", "typeParameters"]);
const WRAPPERS = new Set(["ChainExpression", "TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);

function tree(path, code) {
  if (!/\.c?js$/.test(path)) return parse(code, { range: true, jsx: path.endsWith("x"), filePath: path });
  return acorn.parse(code, { ecmaVersion: "latest", sourceType: path.endsWith(".cjs") ? "script" : "module", ranges: true });
}

const bare = (node) => { while (node && WRAPPERS.has(node.type)) node = node.expression; return node; };
const text = (node) => (node?.type === "Literal" && typeof node.value === "string" ? node.value : null);
const label = (node) => (node.type === "PrivateIdentifier" ? "#" + node.name : node.name ?? String(node.value));
const keys = (members) => members
  .filter((member) => member.key && !(member.type === "MethodDefinition" && !member.value.body))
  .map((member) => (member.computed ? null : label(member.key)));

function path(node) {
  node = bare(node);
  if (node.type === "ThisExpression") return "this";
  if (node.type === "Super") return "super";
  if (node.type === "MemberExpression" && !node.computed) return `${path(node.object)}.${label(node.property)}`;
  return node.type === "Identifier" ? node.name : "?";
}

function bound(pattern) {
  switch (pattern?.type) {
    case "Identifier": return [pattern.name];
    case "ObjectPattern": return pattern.properties.flatMap((part) => bound(part.value ?? part.argument));
    case "ArrayPattern": return pattern.elements.flatMap(bound);
    case "AssignmentPattern": return bound(pattern.left);
    case "RestElement": return bound(pattern.argument);
    default: return [];
  }
}

function called(node, at, name) {
  const parameters = node.params.filter((parameter) => parameter.name !== "this");
  return ["function", at, name, node.async ?? false, parameters.length];
}

function* facts(node, parent) {
  const at = Math.min(...[node, ...(node.decorators ?? [])].map((part) => part.range[0]));
  switch (node.type) {
    case "CallExpression": case "NewExpression":
      yield ["call", at, path(node.callee), node.arguments.map((part) => text(bare(part))), node.type[0] === "N"];
      break;
    case "ImportExpression": yield ["call", at, "import", [text(node.source)], false]; break;
    case "TaggedTemplateExpression": yield ["tagged", at, path(node.tag)]; break;
    case "AwaitExpression": yield ["await", at]; break;
    case "BinaryExpression": yield ["binary", at, node.operator]; break;
    case "ImportDeclaration":
      yield ["import", at, node.source.value, node.specifiers.map((part) => [part.imported ? label(part.imported)
        : part.type === "ImportDefaultSpecifier" ? "default" : "*", part.local.name])];
      break;
    case "ExportAllDeclaration":
      yield ["export", at, node.source.value, [["*", node.exported ? label(node.exported) : ""]]];
      break;
    case "ExportDefaultDeclaration": yield ["export", at, null, [["*default*", "default"]]]; break;
    case "ExportNamedDeclaration": {
      const own = node.declaration;
      const declared = own?.declarations ? own.declarations.flatMap((part) => bound(part.id)) : own ? [own.id.name] : [];
      const names = node.specifiers.map((part) => [label(part.local), label(part.exported)]);
      yield ["export", at, node.source?.value ?? null, [...names, ...declared.map((name) => [name, name])]];
      break;
    }
    case "ClassDeclaration": case "ClassExpression":
      yield ["class", at, node.superClass ? 1 : 0, keys(node.body.body)];
      break;
    case "TSEnumDeclaration": yield ["class", at, 0, node.body.members.map((member) => label(member.id))]; break;
    case "TSInterfaceDeclaration": yield ["class", at, node.extends.length, keys(node.body.body)]; return;
    case "TSTypeAliasDeclaration": yield ["class", at, 0, keys(node.typeAnnotation.members)]; return;
    case "FunctionDeclaration": case "FunctionExpression":
      if (!parent.method && parent.type !== "MethodDefinition" && !/[gs]et/.test(parent.kind)) yield called(node, at, node.id?.name ?? "");
      break;
    case "ArrowFunctionExpression": yield called(node, at, ""); break;
    case "MethodDefinition": case "TSAbstractMethodDefinition": case "Property":
      if (node.type === "Property" ? node.method || node.kind !== "init" : node.value.body || node.type !== "MethodDefinition") {
        yield called(node.value, at, node.computed ? null : label(node.key));
      } else if (!node.value.body && node.type === "MethodDefinition") return; // an overload
  }
  for (const [key, value] of Object.entries(node)) {
    if (TYPES.has(key)) continue;
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part?.type === "string" && part.range) yield* facts(part, node);
    }
  }
}

for (const file of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  console.log(JSON.stringify([...facts(tree(file, readFileSync(file, "utf8")), {})]));
}
