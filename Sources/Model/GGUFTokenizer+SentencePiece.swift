import Foundation

// The tokenizers of LLaMA 2 and Mistral 7B: spaces are written as U+2581, one is put in front of every part of a text
// between special tokens, and characters without a piece fall back to their bytes.
extension GGUFModel {
  /// The tokenizer as the bytes of a tokenizer.json whose model is of the type SentencePiece; throws `malformedField`, or
  /// `unsupported` for a normalisation of texts.
  func sentencePieceJSON() throws -> Data {
    let mark = "\u{2581}"
    let (tokens, types) = try typedTokens()
    let scores = try scores(count: tokens.count)
    for key in ["tokenizer.ggml.precompiled_charsmap", "tokenizer.ggml.remove_extra_whitespaces"] {
      switch file.metadata[key] {
      case nil, .truth(false): break
      case .array(let values) where values.isEmpty: break
      default: throw file.unsupported(key, "texts that stay as they are")
      }
    }
    // Unknown, control and user-defined tokens are found in the text; what is unused is no piece.
    let isPiece = types.map { $0 == Self.normal || $0 == Self.byte }
    let pieces = tokens.indices.map { isPiece[$0] ? tokens[$0] : "" }
    let ranked = tokens.indices.map { types[$0] == Self.normal ? scores[$0] as Any : NSNull() }
    var decoders: [[String: Any]] = [
      ["type": "Replace", "pattern": ["String": mark], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    var fields: [String: Any] = [
      "version": "1.0", "added_tokens": added(tokens, types, [Self.unknown, Self.control, Self.userDefined]),
      "model": [
        "type": TokenizerFile.scoredType, "vocab": [:] as [String: Int], "merges": [] as [String], "pieces": pieces,
        "scores": ranked, "byte_fallback": true,
      ] as [String: Any],
    ]
    if try truth("tokenizer.ggml.add_space_prefix") ?? true {
      fields["normalizer"] =
        [
          "type": "Sequence",
          "normalizers": [
            ["type": "Prepend", "prepend": mark],
            ["type": "Replace", "pattern": ["String": " "], "content": mark] as [String: Any],
          ],
        ] as [String: Any]
      decoders.append(["type": "Strip", "content": " ", "start": 1, "stop": 0])
    } else {
      fields["pre_tokenizer"] =
        ["type": "Metaspace", "replacement": mark, "prepend_scheme": "never", "split": false] as [String: Any]
    }
    fields["decoder"] = ["type": "Sequence", "decoders": decoders] as [String: Any]
    fields["post_processor"] = try template(isDefault: true, tokens: tokens)
    return try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
  }

  private func scores(count: Int) throws -> [Double] {
    let key = "tokenizer.ggml.scores"
    let malformed = file.malformed(key, "a finite number for each token")
    guard case .array(let values) = file.metadata[key], values.count == count else { throw malformed }
    return try values.map { value in
      guard case .number(let score) = value, score.isFinite else { throw malformed }
      return score
    }
  }
}
