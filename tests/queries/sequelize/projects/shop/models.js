import { Sequelize, DataTypes, Model, Op } from 'sequelize';

export const sequelize = new Sequelize('sqlite::memory:', { logging: false, define: { underscored: true } });

class Base extends Model {
  static async getPage(options, number) {
    return this.findAll({ ...options, limit: 10, offset: number * 10 });
  }

  static getByIds(ids) {
    return this.findAll({ where: { id: { [Op.in]: ids } } });
  }

  static getFirst(where) {
    return this.findOne({ where, order: [['createdAt', 'ASC']] });
  }
}

export class Customer extends Base {}
Customer.init(
  { fullName: DataTypes.STRING, email: { type: DataTypes.STRING, unique: true }, tier: DataTypes.ENUM('free', 'paid') },
  {
    sequelize,
    modelName: 'customer',
    scopes: {
      paid: { where: { tier: 'paid' } },
      named: (name) => ({ where: { fullName: name } }),
      withOrders: { include: [{ association: 'orders' }] },
    },
  },
);

export class Order extends Base {}
Order.init(
  { totalCents: DataTypes.INTEGER, status: { type: DataTypes.STRING, defaultValue: 'open' }, note: DataTypes.TEXT },
  {
    sequelize,
    modelName: 'order',
    paranoid: true,
    defaultScope: { where: { status: 'open' } },
    scopes: { all: {}, large: { where: { totalCents: { [Op.gte]: 10000 } } } },
  },
);

export class Product extends Base {}
Product.init(
  { sku: { type: DataTypes.STRING, primaryKey: true }, title: DataTypes.STRING, priceCents: { type: DataTypes.INTEGER, field: 'price' } },
  { sequelize, modelName: 'product', timestamps: false },
);

export class Item extends Model {}
Item.init(
  {
    orderId: { type: DataTypes.INTEGER, primaryKey: true },
    productSku: { type: DataTypes.STRING, primaryKey: true },
    quantity: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
  },
  { sequelize, modelName: 'item', timestamps: false },
);

export class Profile extends Model {}
Profile.init({ phone: DataTypes.STRING }, { sequelize, modelName: 'profile', createdAt: false });

Customer.hasMany(Order);
Order.belongsTo(Customer);
Customer.hasOne(Profile);
Profile.belongsTo(Customer);
Order.belongsToMany(Product, { through: Item, foreignKey: 'orderId', otherKey: 'productSku' });
Product.belongsToMany(Order, { through: Item, foreignKey: 'productSku', otherKey: 'orderId' });
Order.hasMany(Item, { foreignKey: 'orderId' });
Item.belongsTo(Order, { foreignKey: 'orderId' });
Item.belongsTo(Product, { foreignKey: 'productSku' });
