import { AllowNull, AutoIncrement, Column, CreatedAt, DataType, Default, DeletedAt, HasMany, HasOne, Index, Model, PrimaryKey, Table, Unique, UpdatedAt, BeforeCreate, Scopes, DefaultScope } from 'sequelize-typescript';
import { Article } from './Article';
@DefaultScope(() => ({ attributes: { exclude: ['password'] } }))
@Scopes(() => ({ withArticles: { include: [{ model: Article, as: 'articles' }] } }))
@Table({ tableName: 'users', paranoid: true })
export class User extends Model {
  @PrimaryKey @AutoIncrement @Column(DataType.BIGINT) declare id: number;
  @AllowNull(false) @Unique @Column(DataType.STRING(60)) declare username: string;
  @Index @Column({ type: DataType.STRING, allowNull: false, unique: 'mail' }) declare email: string;
  @Default(true) @Column(DataType.BOOLEAN) declare active: boolean;
  @Default(DataType.UUIDV4) @Column(DataType.UUID) declare token: string;
  @AllowNull @Column({ type: DataType.STRING, field: 'pass' }) declare password: string | null;
  @Column(DataType.VIRTUAL) declare computed: string;
  @Index({ name: 'by_age', unique: true }) @Column(DataType.INTEGER) declare age: number;
  @CreatedAt declare born: Date;
  @UpdatedAt declare changed: Date;
  @DeletedAt declare gone: Date;
  @HasMany(() => Article, 'authorId') declare articles: Article[];
  @HasOne(() => Article, { foreignKey: 'editorId', as: 'edited' }) declare edit: Article;
  @BeforeCreate static hash(user: User) { user.password = 'x' + user.password; }
}
