import { App } from './app';
import { AccountController } from './controllers/account.controller';
import { TicketController } from './controllers/ticket.controller';
import { TicketService } from './services/ticket.service';

const service = new TicketService();
const app = new App([new TicketController(service), new AccountController()], Number(process.env.PORT ?? 3000));

export const server = app.server;
if (process.env.LISTEN) app.listen();
