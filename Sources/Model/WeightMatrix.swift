package import Foundation

#if _endian(big)
  #error("Weights are little-endian in memory.")
#endif

/// A matrix of 16-bit or ternary weights, [output][input] in row-major order, held in memory or in mapped bytes of a
/// file.
package struct WeightMatrix: Sendable {
  private enum Storage: Sendable {
    case values([Int16])
    case bytes(Data)
    case ternary(TernaryWeights)
  }

  /// Output channels.
  package let rows: Int
  /// Input channels.
  package let columns: Int
  private let storage: Storage

  /// Takes `rows * columns` weights in row-major order.
  package init(rows: Int, columns: Int, values: [Int16]) {
    precondition(values.count == rows * columns, "A weight matrix needs rows * columns values.")
    self.rows = rows
    self.columns = columns
    storage = .values(values)
  }

  /// Takes `2 * rows * columns` little-endian bytes without copying them, if they are aligned.
  package init(rows: Int, columns: Int, littleEndianBytes bytes: Data) {
    precondition(bytes.count == 2 * rows * columns, "A weight matrix needs two bytes for each entry.")
    self.rows = rows
    self.columns = columns
    let aligned = bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) % MemoryLayout<Int16>.alignment == 0 }
    if aligned {
      storage = .bytes(bytes)
    } else {
      storage = .values(
        bytes.withUnsafeBytes { raw in
          (0..<rows * columns).map { raw.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self) }
        })
    }
  }

  /// Takes `rows * columns` ternary weights in row-major order.
  package init(rows: Int, columns: Int, ternary weights: TernaryWeights) {
    precondition(weights.count == rows * columns, "A weight matrix needs rows * columns values.")
    self.rows = rows
    self.columns = columns
    storage = .ternary(weights)
  }

  /// The packed weights of a ternary matrix, nil for one of 16 bits.
  package var ternary: TernaryWeights? {
    if case .ternary(let weights) = storage { weights } else { nil }
  }

  /// Whether the matrix can hold nothing but -1, 0 and 1.
  package var isTernary: Bool { ternary != nil }

  /// Calls `body` with all weights in row-major order.
  package func withValues<Result>(_ body: (UnsafeBufferPointer<Int16>) throws -> Result) rethrows -> Result {
    switch storage {
    case .values(let values): return try values.withUnsafeBufferPointer(body)
    // SAFETY: the initialiser checked length and alignment, every bit pattern is an Int16, and the bytes are constant.
    case .bytes(let bytes): return try bytes.withUnsafeBytes { try body($0.bindMemory(to: Int16.self)) }
    case .ternary(let weights): return try weights.unpacked(0..<weights.count).withUnsafeBufferPointer(body)
    }
  }

  /// All weights, copied, in row-major order.
  package var values: [Int16] { withValues { Array($0) } }

  /// The weights of a range, copied, in row-major order.
  func entries(_ range: Range<Int>) -> [Int16] {
    if case .ternary(let weights) = storage { return weights.unpacked(range) }
    return withValues { Array($0[range]) }
  }

  /// One row, widened.
  func row(_ index: Int) -> [Int32] {
    withValues { all in all[index * columns..<(index + 1) * columns].map { Int32($0) } }
  }
}
