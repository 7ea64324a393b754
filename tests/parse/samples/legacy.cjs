"use strict";
var express = require("express"), path = require("path");
var router = (module.exports = express.Router());

function Store(options) {
  if (!(this instanceof Store)) return new Store(options);
  this.options = Object.assign({}, options);
}
Store.prototype.get = function (key, callback) {
  var self = this;
  process.nextTick(function () { callback(null, self.options[key] || "default"); });
};
exports.Store = Store;
router.use("/static", express.static(path.join(__dirname, "public")), (a, b), void 0);
with_(function () { for (var key in router) if (typeof router[key] === "function") console.log(key); });
