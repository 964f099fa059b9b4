import Algebra
import Commitment
import Folding
import Foundation
import LayerFold

/// The smallest key that a reader accepts: a model of one layer and one head, k = 10, and circuits of one row each.
enum SmallestKey {
  /// The key.
  static let made = Result {
    try VerifierKey(encoded: Data(beforeGenerators + generators), file: VerifierKey.fileName)
  }

  /// The last part of the file: both lists of generators.
  static let generators: [UInt8] =
    Seed.prefixed(Generators<PrimaryCurve>(logCount: chunkLog).encoded)
    + Seed.prefixed(Generators<SecondaryCurve>(logCount: CycleFoldKey.logCount(chunkCount: 5)).encoded)

  private static let chunkLog = 10

  /// The rest of the file.
  static let beforeGenerators: [UInt8] = {
    // k, e, chunks of B.
    var bytes = Array("LFVKEY01".utf8) + Seed.prefixed(constants) + [UInt8(chunkLog), 16] + Seed.counts([1])
    // For each kind the entries of X, Y, w, A and the tables; the largest tensors; the digits.
    for _ in 0..<4 { bytes += Seed.counts([1, 1, 1, 1, 3]) }
    bytes += [0, 0, 0, 0, 0] + [8]
    // Tables of one row.
    bytes += Seed.counts([1]) + Seed.counts([0, 0, 0])
    // One row over one trace variable.
    let shape = Array("LFSHAPE2".utf8) + [2, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1]
    for _ in 0..<4 { bytes += Seed.prefixed(shape) }
    return bytes
  }()

  /// The constants of a model with hidden size 1, one head of two channels, two tokens and two positions.
  static let constants: [UInt8] = {
    // Hidden, feed-forward, layers, heads, key heads, head size, vocabulary, largest position.
    var bytes = [1, 1, 1, 1, 1, 2, 2, 16].flatMap { Seed.integer(Int64($0)) }
    bytes += Seed.integer((0.0).bitPattern) + Seed.integer((10000.0).bitPattern)
    // Untied, no beginning token, one stop token.
    bytes += [0] + Seed.integer(Int64(-1)) + Seed.counts([1]) + Seed.integer(Int64(1))
    // Positions, bits of digits and of SiLU, epsilon; exponents of residual, normalized, score; ten of weights; of query,
    // key, value, gate, up, hidden; no rotary scaling, not ternary.
    let numbers =
      [16, 16, 8, 1, 10, 14, 11] + [Int](repeating: 10, count: 9) + [Int](repeating: 10, count: 6)
      + [Int](repeating: 0, count: 9)
    for number in numbers { bytes += Seed.integer(Int64(number)) }
    bytes += Seed.integer(Int64(16))
    return bytes + Seed.prefixed(Array(SeedModel.characterTokenizer.utf8))
  }()
}
