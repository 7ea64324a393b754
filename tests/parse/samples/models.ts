import { Column, DataType, Model, Table, BelongsTo, ForeignKey } from "sequelize-typescript";
import User from "./user";

@Table({ tableName: "articles", underscored: true })
class Article extends Model<Article, Partial<Article>> {
  @Column({ type: DataType.UUID, defaultValue: DataType.UUIDV4 })
  declare id: string;

  @ForeignKey(() => User) @Column(DataType.UUID) private authorId?: string | null;

  @BelongsTo(() => User, "authorId")
  author!: User;

  declare getAuthor: (unknown) => Promise<User>;
  static readonly scopes = ["published", "draft"] as const;

  @deprecated()
  static async findBySlug(slug: string) {
    return (await this.findOne({ where: { slug, kind: "a" < slug } }))!.get({ plain: true });
  }
}

export = Article;
