/// The tokens that a word starts as, before pairs are merged.
enum TokenAlphabet: Sendable {
  /// One token for each of the 256 bytes.
  case bytes([Int32])
  /// One token for each character that has one; any other falls back to the tokens of its bytes, or, where those are
  /// missing, to the unknown token, one for a whole run of such characters if `fusesUnknown`, or to nothing.
  case characters(
    tokens: [Unicode.Scalar: Int32], byteTokens: [Int32]?, unknown: Int32?, fusesUnknown: Bool)

  /// The tokens of one word.
  func tokens(of word: Substring.UnicodeScalarView) -> [Int32] {
    switch self {
    case .bytes(let byteTokens): return Substring(word).utf8.map { byteTokens[Int($0)] }
    case .characters(let tokens, let byteTokens, let unknown, let fusesUnknown):
      var result: [Int32] = []
      var isAfterUnknown = false
      for scalar in word {
        if let token = tokens[scalar] {
          result.append(token)
        } else if let byteTokens {
          result += UTF8.encode(scalar).map { $0.map { byteTokens[Int($0)] } } ?? []
        } else if let unknown {
          if !(isAfterUnknown && fusesUnknown) { result.append(unknown) }
          isAfterUnknown = true
          continue
        }
        isAfterUnknown = false
      }
      return result
    }
  }
}
