module.exports = {
  async connect() {
    return { connected: true };
  },
};
