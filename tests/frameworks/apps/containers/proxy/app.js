"use strict";

const express = require("express");
const container = require("./container");

const app = express();
const { desk } = container.cradle;
app.get("/things", desk.list);
app.get("/all", (request, response) => response.json(container.resolve("library").list()));
app.listen(3000);
