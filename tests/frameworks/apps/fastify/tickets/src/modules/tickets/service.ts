export interface Ticket {
  id: number
  title: string
  team: string
  closed: boolean
}

export class TicketService {
  private readonly tickets: Ticket[] = []

  open(): Ticket[] {
    return this.tickets.filter((ticket) => !ticket.closed)
  }

  byTeam(team: string): Ticket[] {
    return this.open().filter((ticket) => ticket.team === team)
  }

  create(title: string, team: string): Ticket {
    const ticket = { id: this.tickets.length + 1, title, team, closed: false }
    this.tickets.push(ticket)
    return ticket
  }

  find(id: number): Ticket | undefined {
    return this.tickets.find((ticket) => ticket.id === id)
  }
}
