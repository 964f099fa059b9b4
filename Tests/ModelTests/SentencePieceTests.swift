// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Model
import Testing

/// sentencepiece.json: vocabularies with scores, and what the sentencepiece package does with texts.
private struct SentencePieceVectors: Decodable {
  struct Encoding: Decodable {
    let text: String
    let ids: [Int]
  }
  struct Case: Decodable {
    let name: String
    let tokens: [String]
    let types: [Int]
    let scores: [Double]
    let add_space_prefix: Bool
    let encodings: [Encoding]
    let decodings: [Encoding]
  }

  let cases: [Case]
}

@Suite("Tokenizers of SentencePiece in GGUF files")
struct SentencePieceTests {
  private typealias Metadata = [(String, GGUFBytes.Value)]

  private func cases() throws -> [SentencePieceVectors.Case] {
    let url = ModelFixture.vectors.appendingPathComponent("sentencepiece.json")
    return try ModelFixture.decode(SentencePieceVectors.self, url).cases
  }

  private func scores(_ values: [Double]) -> GGUFBytes.Value {
    .rawArray(6, UInt64(values.count), GGUFBytes.floats(values.map { Float($0) }))
  }

  /// The bytes of a file with this vocabulary and edited metadata.
  private func file(_ known: SentencePieceVectors.Case, _ edit: (inout Metadata) -> Void) -> Data {
    var file = GGUFBytes()
    file.metadata =
      GGUFBytes.smallLLaMA(hidden: 16) + [
        ("tokenizer.ggml.model", .text("llama")), ("tokenizer.ggml.pre", .text("default")),
        ("tokenizer.ggml.tokens", .texts(known.tokens)), ("tokenizer.ggml.scores", scores(known.scores)),
        ("tokenizer.ggml.token_type", .integers(known.types)), ("tokenizer.ggml.bos_token_id", .integer(1)),
        ("tokenizer.ggml.add_bos_token", .truth(0)),
        ("tokenizer.ggml.add_space_prefix", .truth(known.add_space_prefix ? 1 : 0)),
      ]
    edit(&file.metadata)
    file.tensors = [("token_embd.weight", [16, known.tokens.count], 0, Data(count: 64 * known.tokens.count))]
    return file.data
  }

  private func tokenizer(
    _ known: SentencePieceVectors.Case, _ edit: (inout Metadata) -> Void = { _ in }
  ) throws -> Tokenizer {
    let model = try GGUFModel(bytes: file(known, edit), name: "x.gguf")
    return try Tokenizer(json: model.tokenizerJSON(), file: "x.gguf")
  }

  private func set(_ key: String, _ value: GGUFBytes.Value?) -> (inout Metadata) -> Void {
    { metadata in metadata = metadata.filter { $0.0 != key } + (value.map { [(key, $0)] } ?? []) }
  }

  @Test("KnownAnswer: awkward text, runs of spaces and letters, equal scores, merges that overlap")
  func vectors() throws {
    let all = try cases()
    #expect(all.map(\.name) == ["trained", "no prefix", "equal scores", "dense"])
    for known in all {
      let tokenizer = try tokenizer(known)
      for encoding in known.encodings {
        #expect(tokenizer.encode(encoding.text) == encoding.ids, "\(known.name): \(encoding.text.debugDescription)")
      }
      for decoding in known.decodings {
        let found = tokenizer.decode(decoding.ids)
        #expect(
          found.utf8.elementsEqual(decoding.text.utf8), "\(known.name): \(decoding.ids) \(found.debugDescription)")
      }
    }
  }

  @Test("Laws: a beginning token unless the file says otherwise; a space in front unless it says otherwise")
  func options() throws {
    let known = try #require(try cases().first)
    let plain = try tokenizer(known).encode("the word")
    #expect(try tokenizer(known, set("tokenizer.ggml.add_bos_token", .truth(1))).encode("the word") == [1] + plain)
    #expect(try tokenizer(known, set("tokenizer.ggml.add_bos_token", nil)).encode("the word") == [1] + plain)
    #expect(try tokenizer(known, set("tokenizer.ggml.add_space_prefix", nil)).encode("the word") == plain)
    let bare = try tokenizer(known, set("tokenizer.ggml.add_space_prefix", .truth(0)))
    #expect(bare.encode(" the word") == plain && bare.decode(plain) == " the word")
    #expect(try tokenizer(known).decode(plain) == "the word")
    #expect(try tokenizer(known, set("tokenizer.ggml.remove_extra_whitespaces", .truth(0))).encode("the word") == plain)
  }

  @Test("Rejects: what is no such vocabulary, by name")
  func rejections() throws {
    let known = try #require(try cases().first)
    func reject(_ words: String, _ edit: (inout Metadata) -> Void) {
      let error = #expect(throws: ModelError.self) { try tokenizer(known, edit) }
      #expect(error?.description.contains(words) == true, "\(words): \(String(describing: error))")
    }
    reject("tokenizer.ggml.model bert", set("tokenizer.ggml.model", .text("bert")))
    reject("tokenizer.ggml.scores", set("tokenizer.ggml.scores", nil))
    reject("tokenizer.ggml.scores", set("tokenizer.ggml.scores", scores(known.scores.dropLast())))
    reject("tokenizer.ggml.scores", set("tokenizer.ggml.scores", .integers(known.scores.map { Int($0) })))
    for value in [Double.nan, .infinity] {
      reject("tokenizer.ggml.scores", set("tokenizer.ggml.scores", scores([value] + known.scores.dropFirst())))
    }
    reject("tokenizer.ggml.tokens", set("tokenizer.ggml.tokens", .texts(known.tokens.dropLast() + [known.tokens[9]])))
    reject("tokenizer.ggml.tokens", set("tokenizer.ggml.tokens", .texts(known.tokens + ["one more"])))
    reject("add_eos_token", set("tokenizer.ggml.add_eos_token", .truth(1)))
    reject("add_space_prefix", set("tokenizer.ggml.add_space_prefix", .integer(1)))
    reject("remove_extra_whitespaces", set("tokenizer.ggml.remove_extra_whitespaces", .truth(1)))
    reject("precompiled_charsmap", set("tokenizer.ggml.precompiled_charsmap", .integers([1, 2])))
    // Byte 0xff has no token.
    let last = try #require(known.tokens.firstIndex(of: "<0xFF>"))
    reject(
      "no token for byte 255",
      set("tokenizer.ggml.token_type", .integers(known.types.enumerated().map { $0 == last ? 5 : $1 })))
    // A piece of a character that is none, and one of more bytes than any.
    for (text, words) in [("\u{4e00}\u{4e01}", "model.pieces"), (String(repeating: "a", count: 600), "model.pieces")] {
      let place = known.types.count - 1
      reject(words) { metadata in
        set("tokenizer.ggml.tokens", .texts(known.tokens.dropLast() + [text]))(&metadata)
        set("tokenizer.ggml.token_type", .integers(known.types.enumerated().map { $0 == place ? 1 : $1 }))(&metadata)
      }
    }
  }

  @Test("Rejects: the type in a tokenizer.json with parts that do not belong to it")
  func files() throws {
    let known = try #require(try cases().first)
    let json = try GGUFModel(bytes: file(known) { _ in }, name: "x.gguf").tokenizerJSON()
    let file = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    let model = try #require(file["model"] as? [String: Any])
    func reject(_ words: String, _ field: String, _ value: Any?) throws {
      var (file, model) = (file, model)
      model[field] = value
      file["model"] = model
      let bytes = try JSONSerialization.data(withJSONObject: file)
      let error = #expect(throws: ModelError.self) { try Tokenizer(json: bytes, file: "tokenizer.json") }
      #expect(error?.description.contains(words) == true, "\(field): \(String(describing: error))")
    }
    try reject("pieces and scores", "type", "BPE")
    try reject("scores", "scores", nil)
    try reject("scores", "scores", [1])
    try reject("SentencePiece", "byte_fallback", false)
    try reject("SentencePiece", "vocab", ["a": 3])
    try reject("SentencePiece", "merges", ["a b"])
  }

  @Test("Laws: a text of 20,000 letters is encoded in less than a second")
  func longText() throws {
    let known = try #require(try cases().first { $0.name == "dense" })
    let tokenizer = try tokenizer(known)
    let text = String(repeating: "abaabb aab", count: 2000)
    let elapsed = ContinuousClock().measure { #expect(tokenizer.decode(tokenizer.encode(text)) == text) }
    #expect(elapsed < .seconds(1))
  }
}
