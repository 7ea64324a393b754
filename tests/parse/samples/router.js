import express, { Router } from "express";
import { "string name" as odd } from "./odd.js";
import "./side-effect.js";

const app = express();
export const router = Router({ mergeParams: true }), [first, { second = 2, ...others }] = odd;

router
  .route("/articles/:slug")
  .get(async (req, res, next) => {
    try {
      const [article] = await (await articles()).find({ slug: req.params.slug ?? "none" }, ...others);
      if (!article) return res.status(404).json({ error: `no ${req.params.slug}`, "status code": 404 });
      else if (article.draft) throw new Error("draft");
      res.json({ article, get age() { return now() - article.created; }, async load(id, { deep } = {}) { await id; } });
    } catch { next("route"); } finally { release?.(); }
  })
  .put(guard("write"), controller.update.bind(controller))
  .delete(function remove(req, res) { delete cache[req.params.slug]; res.end(); });

for (const method of ["get", "post"]) app[method]("/ping", (req, res) => res.send("po" + "ng"));
for (let i = 0, n = 3; i < n; i++) setTimeout(tick, i * 1000);
label: do { if (--first.count) continue label; } while (first.count >= 0);

switch (process.env.MODE) {
  case "cluster": case "fork": app.set("trust proxy", 1); break;
  default: app.use(/^\/(?!api\/)/u, express.static("public"));
}

class Counter extends (mixin(Base)) {
  static #total = 0n;
  static { register("counter", this); }
  count = (0, compute)();
  "quoted name"() { return super.next(...arguments), 0x1f; }
  async *[Symbol.asyncIterator]() { yield* this.count; }
}

export function* numbers() { const got = yield 1_000; return got ** 2; }
export { Counter, app as default };
export { one, default as two } from "./more.js";
