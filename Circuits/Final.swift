/// The step that closes a chain: it has nothing of the model, only digits of the recursion.
struct Final: Sendable {}
