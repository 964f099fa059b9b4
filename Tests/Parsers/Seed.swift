import Algebra
import Commitment
import LayerFold

/// Small valid inputs, written from the text of Docs/Formats.md.
package enum Seed {
  /// A little-endian integer.
  static func integer<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Integer(8 * $0)) }
  }

  /// Integers of 32 bits.
  static func counts(_ values: [Int]) -> [UInt8] { values.flatMap { integer(UInt32($0)) } }

  /// Bytes behind their number.
  static func prefixed(_ bytes: [UInt8]) -> [UInt8] { integer(UInt64(bytes.count)) + bytes }

  /// The element 1, which is also the encoding of a point on both curves.
  static let one: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)

  /// Valid inputs of a parser, at least one.
  package static func inputs(_ parser: Parser) throws -> [[UInt8]] {
    switch parser {
    case .claims: [claims]
    case .proof: [try proof]
    case .verifierKey: [SmallestKey.beforeGenerators]
    case .proverKey: [proverKey]
    case .manifest: [manifest(step: 0, parts: 0), manifest(step: 1, parts: 2)]
    case .shape: shapes
    case .generators: [Generators<BN254>(logCount: 0).encoded, Generators<Grumpkin>(logCount: 1).encoded]
    case .safetensors: [SeedModel.safetensors(SeedModel.tensors)]
    case .shards:
      [Array("{\"metadata\":{\"total_size\":0},\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"b.safetensors\"}}".utf8)]
    case .gguf: [SeedModel.gguf]
    case .model: [Array((SeedModel.configuration + "\n").utf8) + SeedModel.safetensors(SeedModel.tensors)]
    case .tokenizer: [SeedModel.byteTokenizer, Array(SeedModel.characterTokenizer.utf8)]
    case .configuration: SeedModel.configurations.map { Array($0.utf8) }
    case .batch:
      [
        Array("{\"prompt\": \"a\", \"max_new_tokens\": 1}\n\n{\"prompt_ids\": [1, 2], \"max_new_tokens\": 3}\n".utf8)
      ]
    case .tokens:
      [
        Array("[1,2,3,4,5]".utf8), Array("{\"tokens\":[1,2,3],\"context\":2,\"perplexity\":1.5}".utf8),
        Array("{\"prompts\":[{\"prompt_ids\":[1],\"final_logits\":[0.5,-1e3],\"greedy_ids\":[2]}]}".utf8),
      ]
    case .identifier: [Array("00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF".utf8)]
    }
  }

  /// Two claims, one of a private prompt: P, outputs, requested number, salt or digest, tokens.
  private static let claims =
    Array("LFPROOF2".utf8) + counts([2])
    + counts([2, 1, 3]) + one + counts([0, 1, 1])
    + counts([1 << 31 + 1, 1, 1]) + one + counts([1])

  /// The claims of an honest length, then ones, which are points and elements.
  private static var proof: [UInt8] {
    get throws {
      let units = Rewriting.lengthBehindClaims(under: try SmallestKey.made.get()) / one.count
      return claims + (0..<units).flatMap { _ in one }
    }
  }

  /// A checkpoint of one inference after some steps: version, model, prompts, options, secret, parts.
  private static func manifest(step: Int, parts: Int) -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: 32)
    let part = counts([1]) + integer(UInt64(9)) + zeros
    return Array("LFCHECK1".utf8) + prefixed([49]) + zeros + zeros + zeros + counts([1]) + zeros + counts([step])
      + (0..<parts).flatMap { _ in part }
  }

  /// Constraints: one row; a block with one input.
  private static let shapes: [[UInt8]] = [
    [2, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1],
    [2, 2, 1, 0] + [2, 0, 1, 0, 0, 2, 2, 0, 0, 1] + [1, 1, 1, 2, 0, 1, 1, 0, 1, 2, 0, 1, 0, 1, 0]
      + [1, 0, 0, 0, 0, 1, 1, 0, 1],
  ].map { Array("LFSHAPE2".utf8) + $0 }

  /// The smallest prover's key: a secret seed, k, vk, four steps of one chunk each, the model.
  private static var proverKey: [UInt8] {
    var bytes = Array("LFPKEY01".utf8) + [0] + [UInt8](repeating: 7, count: 32) + [10] + one + counts([4, 1])
    for _ in 0..<4 { bytes += one }
    func pad(from start: Int) { while (bytes.count - start) % 8 != 0 { bytes.append(0) } }
    pad(from: 0)
    let start = bytes.count
    bytes += SmallestKey.constants
    pad(from: start)
    // Embedding 2 x 1; query, key, value 2 x 1; output 1 x 2; gate, up, down 1 x 1; head 2 x 1.
    for weight in 0..<2 + 4 * 2 + 3 + 2 { bytes += integer(Int16(weight - 3)) }
    return bytes
  }
}
