import Algebra
package import Arguments
import Model

/// The integers of one step, segment by segment, padding included.
package struct StepValues: Sendable, Equatable {
  /// The hidden states entering the step (X).
  package var input: [Int32]
  /// The hidden states leaving it (Y).
  package var output: [Int32]
  /// The weights (w).
  package var weights: [Int16]
  /// Every other integer (A).
  package var values: [Int64]

  /// Zeros, given the number of entries of each segment by `Segment.rawValue`, except the given weights.
  init(entries: [Int], weights: [Int16]) {
    precondition(weights.count == entries[Segment.weights.rawValue], "the weights are those of this kind of step")
    input = [Int32](repeating: 0, count: entries[Segment.input.rawValue])
    output = [Int32](repeating: 0, count: entries[Segment.output.rawValue])
    values = [Int64](repeating: 0, count: entries[Segment.values.rawValue])
    self.weights = weights
  }

  /// Stores the entries of a tensor at its real indices, row-major; they fit the segment's integers.
  mutating func assign(_ entries: [some FixedWidthInteger & Sendable], to tensor: Tensor) {
    entries.withUnsafeBufferPointer { assign($0, to: tensor) }
  }

  /// Stores a matrix of weights whose rows and columns are the tensor's axes in order.
  mutating func assign(_ matrix: WeightMatrix, to tensor: Tensor) {
    matrix.withValues { assign($0, to: tensor) }
  }

  /// Stores a matrix of weights whose rows are one of the tensor's two axes and whose columns are the other.
  mutating func assign(_ matrix: WeightMatrix, rows: Axis, to tensor: Tensor) {
    precondition(tensor.axes.count == 2 && tensor.segment == .weights, "a matrix of weights")
    guard tensor.axes[0] != rows else { return assign(matrix, to: tensor) }
    precondition(
      tensor.axes[1] == rows && tensor.axes[0].size == matrix.columns && rows.size == matrix.rows,
      "one entry for each real index of \(tensor.name)")
    let (columns, offset, rowCount, logSize) = (matrix.columns, tensor.offset, matrix.rows, rows.logSize)
    // Columns that share a cache line are read together.
    let block = 32
    matrix.withValues { entries in
      let entries = SharedIntegers(entries: entries)
      _ = Parallel.scatter(into: &weights, chunks: (columns + block - 1) / block) { blocks, weights in
        for first in stride(from: blocks.lowerBound * block, to: min(blocks.upperBound * block, columns), by: block) {
          for row in 0..<rowCount {
            for column in first..<min(first + block, columns) {
              weights[offset + column << logSize + row] = entries[row * columns + column]
            }
          }
        }
      }
    }
  }

  private mutating func assign(_ entries: UnsafeBufferPointer<some FixedWidthInteger & Sendable>, to tensor: Tensor) {
    switch tensor.segment {
    case .input: scatter(entries, to: tensor, in: &input)
    case .output: scatter(entries, to: tensor, in: &output)
    case .weights: scatter(entries, to: tensor, in: &weights)
    case .values: scatter(entries, to: tensor, in: &values)
    case .tables: preconditionFailure("tables are public constants")
    }
  }
}

/// Integers that several processors read.
private struct SharedIntegers<Integer>: @unchecked Sendable {
  // SAFETY: made of a buffer that is borrowed for the duration of the parallel call, and only read.
  let entries: UnsafeBufferPointer<Integer>

  subscript(index: Int) -> Integer { entries[index] }
}

/// Copies entries at real indices, row-major, to their places among padded ones, many of them on all processors.
private func scatter<Source: FixedWidthInteger & Sendable, Target: FixedWidthInteger & Sendable>(
  _ entries: UnsafeBufferPointer<Source>, to tensor: Tensor, in segment: inout [Target]
) {
  // Axes without padding belong to the runs of entries that stay together.
  var run = (size: 1, padded: 1)
  var outer: ArraySlice<Axis> = tensor.axes[...]
  while run.size == run.padded, let axis = outer.popLast() {
    run = (run.size * axis.size, run.size << axis.logSize)
  }
  let (axes, offset) = (Array(outer.reversed()), tensor.offset)
  let rows = axes.reduce(1) { $0 * $1.size }
  let (size, padded, count) = (run.size, run.padded, rows * run.size)
  precondition(entries.count == count, "one entry for each real index of \(tensor.name)")
  let source = SharedIntegers(entries: entries)
  let parts = max(1, count >> 15)
  _ = Parallel.scatter(into: &segment, chunks: parts) { range, target in
    var next = count * range.lowerBound / parts
    let end = count * range.upperBound / parts
    while next < end {
      var (rest, place, stride) = (next / size, offset + next % size, padded)
      for axis in axes {
        place += rest % axis.size * stride
        rest /= axis.size
        stride <<= axis.logSize
      }
      let length = min(size - next % size, end - next)
      for index in 0..<length { target[place + index] = Target(source[next + index]) }
      next += length
    }
  }
}

extension StepValues {
  /// What the step argument proves about: these integers and the public tables.
  package func data(tables: Arguments.LookupTables) -> StepData {
    StepData(
      input: .int32(input), output: .int32(output), weights: .int16(weights), values: .int64(values), tables: tables)
  }
}
