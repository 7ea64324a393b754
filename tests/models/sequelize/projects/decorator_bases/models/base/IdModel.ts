import { Column, CreatedAt, DataType, Default, IsUUID, PrimaryKey, UpdatedAt } from 'sequelize-typescript';
import Base from './Base';
class IdModel<A extends object = any, C extends object = A> extends Base<A, C> {
  @IsUUID(4)
  @PrimaryKey
  @Default(DataType.UUIDV4)
  @Column(DataType.UUID)
  declare id: string;
  @CreatedAt
  declare createdAt: Date;
  @UpdatedAt
  declare updatedAt: Date;
}
export default IdModel;
