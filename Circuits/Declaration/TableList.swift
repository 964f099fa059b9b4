import Arguments
import Model

/// The numbers by which lookups name the public tables.
enum TableID {
  /// The unsigned integers of this many bits, 1 to 24.
  static func range(bits: Int) -> Int { bits }
  /// The exponential of the low digit of a score difference.
  static let exponentialLow = 33
  /// The exponential of the high digit of a score difference.
  static let exponentialHigh = 34
  /// SiLU of the gate.
  static let silu = 35
}

extension CircuitParameters {
  /// The entries of the tables that are no ranges.
  var functionEntries: Int { functions.exponentialLow.count + functions.exponentialHigh.count + functions.silu.count }

  /// All public tables one after the other, by id, each by ascending input, up to a power of two with (0, 0, 0).
  func tableList(_ ranges: RangePlan) -> Arguments.LookupTables {
    var (ids, inputs, outputs): ([Int32], [Int32], [Int32]) = ([], [], [])
    func append(_ id: Int, from first: Int, _ values: [Int32]) {
      ids += repeatElement(Int32(id), count: values.count)
      inputs += (first..<first + values.count).map { Int32($0) }
      outputs += values
    }
    for bits in ranges.tables.sorted() {
      append(TableID.range(bits: bits), from: 0, [Int32](repeating: 0, count: 1 << bits))
    }
    append(TableID.exponentialLow, from: 0, functions.exponentialLow)
    append(TableID.exponentialHigh, from: 0, functions.exponentialHigh)
    append(TableID.silu, from: -(functions.silu.count / 2), functions.silu)
    let padding = (1 << Axis("table entry", ids.count).logSize) - ids.count
    ids += repeatElement(0, count: padding)
    inputs += repeatElement(0, count: padding)
    outputs += repeatElement(0, count: padding)
    return Arguments.LookupTables(ids: ids, inputs: inputs, outputs: outputs)
  }
}
