import { BelongsTo, Column, DataType, ForeignKey, Table } from 'sequelize-typescript';
import IdModel from './base/IdModel';
import Team from './Team';
@Table({ tableName: 'members', modelName: 'member' })
class Member extends IdModel {
  @ForeignKey(() => Team)
  @Column({ type: DataType.UUID, allowNull: false })
  declare teamId: string;
  @BelongsTo(() => Team, 'teamId') declare team: Team;
}
export default Member;
