import type { Request, Response } from 'express';
import signedIn from '../middlewares/signed-in';
import { validate } from '../middlewares/validate';
import type { TicketService } from '../services/ticket.service';
import { BaseController } from './base.controller';

export class TicketController extends BaseController {
  constructor(private readonly tickets: TicketService) {
    super('/tickets');
    this.register();
  }

  protected register(): void {
    this.router.get(this.path, this.list);
    this.router.get(`${this.path}/open`, this.listOpen.bind(this));
    this.router.get(`${this.path}/:id`, (request, response) => this.show(request, response));
    this.router
      .all(`${this.path}/:id/comments`, signedIn)
      .post(`${this.path}/:id/comments`, validate('text'), this.comment.bind(this));
    this.router.post(this.path, signedIn, validate('title', 'text'), this.open.bind(this));
    this.router.delete(`${this.path}/:id`, signedIn, this.close.bind(this));
  }

  private readonly list = async (_request: Request, response: Response): Promise<void> => {
    response.json(await this.tickets.all());
  };

  private async listOpen(_request: Request, response: Response): Promise<void> {
    response.json((await this.tickets.all()).filter((ticket) => ticket.open));
  }

  private async show(request: Request, response: Response): Promise<void> {
    const ticket = await this.tickets.find(Number(request.params.id));
    if (ticket) response.json(ticket);
    else response.sendStatus(404);
  }

  private async open(request: Request, response: Response): Promise<void> {
    response.status(201).json(await this.tickets.open(request.body.title));
  }

  private async comment(request: Request, response: Response): Promise<void> {
    response.status(201).json({ text: request.body.text });
  }

  private async close(request: Request, response: Response): Promise<void> {
    await this.tickets.close(Number(request.params.id));
    response.sendStatus(204);
  }
}
