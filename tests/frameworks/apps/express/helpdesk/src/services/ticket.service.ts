export interface Ticket {
  id: number;
  title: string;
  open: boolean;
}

export class TicketService {
  private readonly tickets: Ticket[] = [];

  async all(): Promise<Ticket[]> {
    return this.tickets;
  }

  async find(id: number): Promise<Ticket | undefined> {
    return this.tickets.find((ticket) => ticket.id === id);
  }

  async open(title: string): Promise<Ticket> {
    const ticket = { id: this.tickets.length + 1, title, open: true };
    this.tickets.push(ticket);
    return ticket;
  }

  async close(id: number): Promise<void> {
    const ticket = await this.find(id);
    if (ticket) ticket.open = false;
  }
}
