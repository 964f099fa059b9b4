/// What a proof says of one text (Formats.md, "A claim").
package struct Claim: Sendable {
  /// P, the tokens of the prompt.
  package let promptLength: Int
  /// The prompt's tokens, or none if the prompt is private.
  package let promptTokens: [Int]
  /// The tokens that follow it.
  package let outputTokens: [Int]
  /// How many tokens were asked for.
  package let requested: Int
  /// Whether the prompt's tokens are not listed.
  package let isPrivate: Bool
  /// The salt, or a private prompt's digest.
  private let element: F

  /// Reads a claim.
  init(_ cursor: inout ByteCursor) throws(Refusal) {
    let first = try cursor.number(bytes: 4)
    isPrivate = first >= 1 << 31
    promptLength = isPrivate ? first - 1 << 31 : first
    try requireFormat((1...1 << 20).contains(promptLength), "the length of a prompt")
    let outputs = try cursor.number(bytes: 4, in: 1...1 << 20, "the number of output tokens")
    requested = try cursor.number(bytes: 4, in: outputs...1 << 32 - 1, "the requested number of tokens")
    element = try cursor.element()
    promptTokens = try Self.tokens(isPrivate ? 0 : promptLength, &cursor)
    outputTokens = try Self.tokens(outputs, &cursor)
  }

  private static func tokens(_ count: Int, _ cursor: inout ByteCursor) throws(Refusal) -> [Int] {
    var tokens: [Int] = []
    for _ in 0..<count { tokens.append(try cursor.number(bytes: 4)) }
    return tokens
  }

  /// Requires what anybody can see of a claim (Formats.md, "A verifier reads the claims and checks").
  func check(_ constants: ModelConstants) throws(Refusal) {
    try require((promptTokens + outputTokens).allSatisfy { $0 < constants.vocabulary }, "tokens of the vocabulary")
    try require(promptLength + requested <= constants.longestText, "the longest text")
    try require(!outputTokens.dropLast().contains { constants.stopTokens.contains($0) }, "nothing behind a stop token")
  }

  /// The tokens digest (Protocol.md, section 6) for T positions.
  func tokensDigest(positions: Int) -> F {
    func slots(_ tokens: [Int], from first: Int) -> [F] {
      (0..<positions).map { tokens.indices.contains($0 - first) ? F(tokens[$0 - first]) : .zero }
    }
    let salt = hash("salt", [element, F(requested)])
    let prompt = isPrivate ? element : hash("prompt", [salt, F(promptLength)] + slots(promptTokens, from: 0))
    let length = F(promptLength + outputTokens.count)
    return hash("tokens", [prompt, F(promptLength), length] + slots(outputTokens, from: promptLength))
  }
}
