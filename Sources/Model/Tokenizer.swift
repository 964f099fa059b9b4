package import Foundation

/// Text to tokens and back, as a `tokenizer.json` says: byte-pair encoding of bytes, or of characters with fallback to
/// bytes; added tokens are matched first.
package struct Tokenizer: Sendable {
  /// A token with a text of its own, found before words are cut.
  struct AddedToken: Equatable, Sendable {
    /// Its text in UTF-8, not empty.
    let content: [UInt8]
    /// Its id.
    let token: Int
  }

  /// Tokens put before every text, such as the beginning token; often none.
  package let prefix: [Int]
  private let normalization: TextNormalization
  private let pretokenizers: [Pretokenizer]
  private let alphabet: TokenAlphabet
  private let encoding: BytePairEncoding
  /// Words that are tokens as they are, if the file asks for that before merging.
  private let wholeWords: [[UInt8]: Int]
  /// Matched in this order: those that ignore normalisation, then the others; within one list the longest wins.
  private let addedTokens: [[AddedToken]]
  private let decoder: TokenDecoder

  /// Reads `tokenizer.json`; throws `unreadableFile`, `malformedField` or `unsupported`.
  package init(file url: URL) throws {
    try self.init(json: readFile(url), file: url.lastPathComponent)
  }

  /// Parses the bytes of a `tokenizer.json` called `file` in messages; throws `malformedField` or `unsupported`.
  package init(json: Data, file: String) throws {
    let raw = try TokenizerFile.read(json, file: file)
    try raw.refuseUnsupported(file: file)
    normalization = try raw.normalization(file: file)
    let stripsLeadingSpace = try raw.stripsLeadingSpace(file: file)
    pretokenizers = try raw.pretokenizers(file: file)
    prefix = try raw.prefix(file: file)
    let exact =
      raw.marksSpaces ? try decodeJSON(TokenizerFile.self, from: SymbolJSON.rewritten(json), file: file) : raw
    let vocabulary = try exact.vocabulary(file: file)
    alphabet = try raw.alphabet(vocabulary, file: file)
    encoding = try exact.encoding(vocabulary, file: file)
    wholeWords = raw.model.ignore_merges == true ? vocabulary : [:]
    let added = raw.added_tokens ?? []
    decoder = TokenDecoder(
      vocabulary, added: added.map { ($0.id, $0.content) }, marksSpaces: raw.marksSpaces,
      stripsLeadingSpace: stripsLeadingSpace)
    addedTokens = [false, true].map { normalized in
      added.filter { ($0.normalized ?? false) == normalized }
        .map { AddedToken(content: Array($0.content.utf8), token: $0.id) }
        .sorted { $0.content.count > $1.content.count }
    }
  }

  /// The tokens of `text`, with `prefix` in front if asked for.
  package func encode(_ text: String, addingPrefix: Bool = true) -> [Int] {
    var tokens = addingPrefix ? prefix : []
    for piece in split(Array(text.utf8)) {
      switch piece {
      case .token(let token): tokens.append(token)
      case .text(let bytes): tokens += encodeWords(String(decoding: bytes, as: UTF8.self))
      }
    }
    return tokens
  }

  /// The text of `tokens`; ids without a token are left out, broken UTF-8 is repaired with U+FFFD.
  package func decode(_ tokens: [Int]) -> String { decoder.decode(tokens) }

  private enum Piece {
    case text(ArraySlice<UInt8>)
    case token(Int)
  }

  /// Cuts the text at added tokens, leftmost first, longest first: those that ignore normalisation, then, in normalised
  /// text, the others.
  private func split(_ text: [UInt8]) -> [Piece] {
    let raw = Self.split(text[...], addedTokens[0])
    return raw.enumerated().flatMap { index, piece -> [Piece] in
      guard case .text(let bytes) = piece else { return [piece] }
      let normalized = normalization(String(decoding: bytes, as: UTF8.self), isAtStart: index == 0)
      return Self.split(Array(normalized.utf8)[...], addedTokens[1])
    }
  }

  private static func split(_ text: ArraySlice<UInt8>, _ tokens: [AddedToken]) -> [Piece] {
    if text.isEmpty { return [] }
    return tokens.isEmpty ? [.text(text)] : split(text, Dictionary(grouping: tokens) { $0.content[0] })
  }

  private static func split(_ text: ArraySlice<UInt8>, _ tokens: [UInt8: [AddedToken]]) -> [Piece] {
    var pieces: [Piece] = []
    var (start, position) = (text.startIndex, text.startIndex)
    while position < text.endIndex {
      if let found = tokens[text[position]]?.first(where: { text[position...].starts(with: $0.content) }) {
        if start < position { pieces.append(.text(text[start..<position])) }
        pieces.append(.token(found.token))
        position += found.content.count
        start = position
      } else {
        position += 1
      }
    }
    if start < position { pieces.append(.text(text[start..<position])) }
    return pieces
  }

  private func encodeWords(_ text: String) -> [Int] {
    var words = [Substring(text).unicodeScalars]
    for pretokenizer in pretokenizers { words = words.flatMap { pretokenizer.words($0) } }
    return words.flatMap { word -> [Int] in
      let bytes = Array(Substring(word).utf8)
      if let token = wholeWords[bytes] { return [token] }
      return encoding.encode(alphabet.tokens(of: word))
    }
  }
}
