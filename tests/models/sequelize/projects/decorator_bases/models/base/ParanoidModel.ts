import { DeletedAt } from 'sequelize-typescript';
import IdModel from './IdModel';
export default class ParanoidModel<A extends object = any, C extends object = A> extends IdModel<A, C> {
  @DeletedAt declare deletedAt: Date | null;
}
