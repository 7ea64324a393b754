import { Model } from 'sequelize-typescript';
class Base<A extends object = any, C extends object = A> extends Model<A, C> {
  static eventName: string | undefined;
  get changes() { return this.changed(); }
}
export default Base;
