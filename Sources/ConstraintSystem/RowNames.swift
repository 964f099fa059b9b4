/// What every row is called: the path of the scopes it was recorded in, and a label. For people only: names are neither
/// encoded nor compared.
package struct RowNames: Sendable {
  private var distinct: [String] = []
  private var indices: [String: UInt32] = [:]
  private var rows: [UInt32] = []
  private var path: [String] = []
  private var starts: [(slot: Int, row: Int)] = []
  private var order: [String: Int] = [:]

  /// Every path in order of first visit with the rows inside it.
  private(set) var table: [(scope: String, rows: Int)] = []

  /// No rows.
  init() {}

  /// Whether every scope entered has been left.
  var isClosed: Bool { starts.isEmpty }

  /// The name of a row; nil for a shape that was decoded.
  package subscript(row: Int) -> String? {
    rows.indices.contains(row) ? distinct[Int(rows[row])] : nil
  }

  /// Names the next row.
  mutating func append(_ label: StaticString) {
    let name = (path.last.map { "\($0): " } ?? "") + "\(label)"
    let index = indices[name] ?? UInt32(distinct.count)
    if index == distinct.count {
      indices[name] = index
      distinct.append(name)
    }
    rows.append(index)
  }

  /// Begins a scope.
  mutating func enter(_ scope: StaticString) {
    let inner = (path.last.map { "\($0)/" } ?? "") + "\(scope)"
    path.append(inner)
    let slot = order[inner] ?? table.count
    if slot == table.count {
      order[inner] = slot
      table.append((scope: inner, rows: 0))
    }
    starts.append((slot: slot, row: rows.count))
  }

  /// Ends the innermost scope.
  mutating func leave() {
    guard let start = starts.popLast() else { preconditionFailure("Only a scope that was entered is left.") }
    path.removeLast()
    table[start.slot].rows += rows.count - start.row
  }
}
