import { Router, type Request, type Response } from 'express';
import type { VisitService } from './visit-service';

export const visits = Router();

class VisitController {
  create = async (req: Request, res: Response) => {
    const service: VisitService = req.app.get('visits');
    res.status(201).json(await service.book(req.body));
  };

  async cancel(req: Request, res: Response) {
    await this.service(req).cancel(req.params.id);
    res.sendStatus(204);
  }

  private service(req: Request): VisitService {
    return req['services'].visits;
  }
}

const controller = new VisitController();

visits.post('/', controller.create);
visits.delete('/:id', controller.cancel.bind(controller));
