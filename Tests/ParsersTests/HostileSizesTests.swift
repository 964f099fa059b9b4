import Foundation
import Model
import Parsers
import Testing

/// Small files, or files of zeros that take no room on a disk, which ask for much memory: refused before it is taken.
@Suite("Hostile sizes") struct HostileSizesTests {
  @Test("Rejects: a template that puts millions of tokens before every text")
  func longPrefix() throws {
    func tokenizer(items: Int, ids: Int) throws -> Tokenizer {
      let item = "{\"SpecialToken\":{\"id\":\"<s>\"}},"
      let text = try #require(try Seed.inputs(.tokenizer).map { String(decoding: $0, as: UTF8.self) }.last)
      let edited = text.replacing(item, with: String(repeating: item, count: items))
        .replacing("\"ids\":[0]", with: "\"ids\":[\(String(repeating: "0,", count: ids - 1))0]")
      return try Tokenizer(json: Data(edited.utf8), file: "tokenizer.json")
    }
    #expect(try tokenizer(items: 32, ids: 32).prefix.count == 1024)
    #expect(throws: ModelError.self) { try tokenizer(items: 33, ids: 32) }
    // 3.2 * 10^9 tokens out of 700 kilobytes.
    #expect(throws: ModelError.self) { try tokenizer(items: 20_000, ids: 160_000) }
  }

  @Test("Rejects: arrays of metadata beyond all vocabularies, before they are read")
  func ggufValues() throws {
    // "GGUF", version 3, no tensors, one value: "a", an array of bytes of this length.
    func reason(length: Int) -> String {
      let key: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "a")]
      let zeros = [UInt8](repeating: 0, count: 8)
      let start = Array("GGUF".utf8) + [3, 0, 0, 0] + zeros + [1] + zeros.dropLast() + key + [9, 0, 0, 0, 0, 0, 0, 0]
      let count = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      do {
        _ = try GGUFModel(bytes: Data(start + count) + Data(count: length + 64), name: "model.gguf")
        return ""
      } catch { return "\(error)" }
    }
    #expect(reason(length: 1 << 22).contains("bytes behind the last tensor"))
    #expect(reason(length: 1 << 22 + 1).contains("its arrays hold more than"))
  }

  @Test("Rejects: JSON longer than 2^27 bytes, unread")
  func longJSON() {
    var json = Data(count: 1 << 27)
    json[0] = UInt8(ascii: "[")
    #expect(throws: ModelError.self) { try EvaluationText(json: json, file: "tokens.json") }
    let error = #expect(throws: ModelError.self) { try EvaluationText(json: json + Data([0]), file: "tokens.json") }
    #expect(error?.description.contains("at most 134217728 bytes") == true)
  }

  @Test("Rejects: JSON nested hundreds of levels deep", arguments: [100, 400, 600, 100_000])
  func nesting(depth: Int) throws {
    let (open, close) = ("{\"type\":\"Sequence\",\"normalizers\":[", "]}")
    let stage = String(repeating: open, count: depth) + String(repeating: close, count: depth)
    for field in ["normalizer", "decoder", "pre_tokenizer"] {
      let json = "{\"\(field)\":\(stage),\"model\":{\"vocab\":{},\"merges\":[]}}"
      #expect(throws: ModelError.self) { try Tokenizer(json: Data(json.utf8), file: "tokenizer.json") }
    }
    let list = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(throws: ModelError.self) { try EvaluationText(json: Data(list.utf8), file: "tokens.json") }
  }
}
