import { BelongsToMany, Column, DataType, ForeignKey, Model, PrimaryKey, Table } from 'sequelize-typescript';
import { Article } from './Article';
@Table({ timestamps: false, modelName: 'tag' })
export class Tag extends Model {
  @PrimaryKey @Column(DataType.STRING(30)) declare name: string;
  @BelongsToMany(() => Article, { through: () => ArticleTag, as: 'articles' }) declare pieces: Article[];
}
@Table({ underscored: true })
export class ArticleTag extends Model {
  @ForeignKey(() => Article) @Column(DataType.INTEGER) declare articleId: number;
  @ForeignKey(() => Tag) @Column(DataType.STRING(30)) declare tagName: string;
}
