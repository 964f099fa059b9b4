/// What this target refuses.
package enum CircuitError: Error, Equatable, Sendable {
  /// A constant of the circuits outside its range.
  case parameterOutOfRange(name: String, found: Int, expected: ClosedRange<Int>)
  /// An integer that its lookup table does not hold: nothing honest produces one.
  case outsideTable(lookup: String, input: Int64, table: Int)
  /// A table's output that is not the committed one.
  case wrongTableOutput(lookup: String, input: Int64, output: Int64)
  /// The circuit's witness was asked for without the tokens it is about.
  case missingTokens
}
