import { Column, DataType, HasMany, Table } from 'sequelize-typescript';
import ParanoidModel from './base/ParanoidModel';
import Member from './Member';
@Table({ tableName: 'teams', modelName: 'team' })
class Team extends ParanoidModel {
  @Column(DataType.STRING) declare name: string;
  @Column(DataType.STRING)
  get domain(): string { return this.getDataValue('domain'); }
  set domain(value: string) { this.setDataValue('domain', value); }
  @HasMany(() => Member) declare members: Member[];
}
export default Team;
