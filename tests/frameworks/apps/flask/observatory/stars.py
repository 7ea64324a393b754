from flask_restx import Namespace, Resource, fields

stars = Namespace("stars", description="Fixed ones", path="/fixed/stars/")
catalogue = Namespace("catalogue")
model = stars.model("Star", {"name": fields.String})


@stars.route("/", "/all")
class Stars(Resource):
    @stars.marshal_list_with(model)
    def get(self):
        return []

    @stars.expect(model)
    def post(self):
        return {}


@stars.route("/<string:name>")
@stars.param("name", "what people call it")
class Star(Resource):
    @stars.marshal_with(model)
    def get(self, name):
        return name


class Entry(Resource):
    def get(self, number):
        return number


catalogue.add_resource(Entry, "/<int:number>", "/no/<int:number>")
