from flask_restful import Api, Resource

tickets_api = Api(prefix="/tickets")


class Ticket(Resource):
    def get(self):
        return {}


class Refund(Resource):
    def post(self, code):
        return code


tickets_api.add_resource(Ticket, "/mine")
tickets_api.add_resource(Refund, "/<code>/refund")
