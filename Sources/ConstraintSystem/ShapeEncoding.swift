import Algebra

extension ConstraintShape {
  private static var magic: [UInt8] { Array("LFSHAPE1".utf8) }

  /// The one byte string that stands for this shape: what keys hold and digests cover.
  ///
  /// Numbers are variable-length (7 bits a byte, least significant first, shortest form); columns of a combination and
  /// value offsets are written as differences; coefficients as 32 canonical bytes; a combination in a row as 0 if it is
  /// the first not used before, else as how many combinations back its first use lies.
  package var bytes: [UInt8] {
    var writer = ByteWriter(bytes: Self.magic)
    writer.write(publicCount)
    writer.write(traceCount)
    writer.write(valueOffsets.count)
    writer.write(increasing: valueOffsets[...])
    writer.write(combinations.rowCount)
    writer.write(combinations.coefficients.count - 2)
    for coefficient in combinations.coefficients.dropFirst(2) { writer.bytes += coefficient.bytes }
    for row in 0..<combinations.rowCount {
      let entries = combinations.entries(row)
      writer.write(entries.count)
      writer.write(increasing: combinations.columns[entries])
      for index in combinations.coefficientIndices[entries] { writer.write(Int(index)) }
    }
    writer.write(rowCount)
    var known = 0
    for row in rows {
      for index in [row.a, row.b, row.c] {
        writer.write(index == known ? 0 : known - Int(index))
        if index == known { known += 1 }
      }
    }
    return writer.bytes
  }

  /// The shape that `bytes` stand for; throws `ShapeError` for anything that is not the encoding of a shape.
  package init(bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    guard try reader.read(count: Self.magic.count).elementsEqual(Self.magic) else { throw ShapeError.unknownFormat }
    let publicCount = try reader.readNumber(below: 1 << 16)
    let traceCount = try reader.readNumber(below: 1 << 28)
    guard publicCount >= 1 else { throw ShapeError.outOfRange }
    let valueOffsets = try reader.readIncreasing(count: reader.readNumber(below: 1 << 28), below: 1 << 30)
    let combinations: SparseMatrix<Field> = try reader.readMatrix(
      columnCount: publicCount + valueOffsets.count + traceCount)
    let rows = try reader.readRows(combinations: combinations.rowCount)
    guard reader.isAtEnd else { throw ShapeError.trailingBytes }
    self.init(
      combinations: combinations, rows: rows, publicCount: publicCount, valueOffsets: valueOffsets,
      traceCount: traceCount)
  }
}

/// Why bytes are not the encoding of a shape.
package enum ShapeError: Error, Equatable {
  /// Another format or version.
  case unknownFormat
  /// The bytes end early.
  case truncated
  /// Bytes follow the shape.
  case trailingBytes
  /// A number is above its limit, a column is out of range or not increasing, or a coefficient index is unknown.
  case outOfRange
  /// A number or a list of coefficients is not in its one accepted form.
  case notCanonical
}

private struct ByteWriter {
  var bytes: [UInt8]

  mutating func write(_ number: Int) {
    var rest = UInt64(number)
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func write(increasing numbers: ArraySlice<UInt32>) {
    var next = 0
    for number in numbers {
      write(Int(number) - next)
      next = Int(number) + 1
    }
  }
}

private struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func read(count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    position += count
    return bytes[(position - count)..<position]
  }

  /// A number in its shortest form, below a limit of at most 2^35.
  mutating func readNumber(below limit: Int) throws -> Int {
    var number = 0
    var shift = 0
    while true {
      guard position < bytes.count else { throw ShapeError.truncated }
      let byte = bytes[position]
      position += 1
      number |= Int(byte & 127) << shift
      if byte < 128 {
        guard byte > 0 || shift == 0 else { throw ShapeError.notCanonical }
        break
      }
      shift += 7
      guard shift <= 35 else { throw ShapeError.outOfRange }
    }
    guard number < limit else { throw ShapeError.outOfRange }
    return number
  }

  /// Increasing numbers below a limit; takes at least one byte for each, so memory stays below a multiple of the input.
  mutating func readIncreasing(count: Int, below limit: Int) throws -> [UInt32] {
    var numbers: [UInt32] = []
    try readIncreasing(count: count, below: limit, into: &numbers)
    return numbers
  }

  /// Appends increasing numbers below a limit.
  mutating func readIncreasing(count: Int, below limit: Int, into numbers: inout [UInt32]) throws {
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    var next = 0
    for _ in 0..<count {
      let number = try next + readNumber(below: limit)
      guard number < limit else { throw ShapeError.outOfRange }
      numbers.append(UInt32(number))
      next = number + 1
    }
  }

  mutating func readMatrix<Field: PrimeField>(columnCount: Int) throws -> SparseMatrix<Field> {
    let rowCount = try readNumber(below: 1 << 28)
    let distinct = try readNumber(below: 1 << 28)
    var coefficients: [Field] = [.one, -.one]
    for _ in 0..<distinct {
      guard let coefficient = try Field(bytes: read(count: Field.byteCount)) else { throw ShapeError.notCanonical }
      coefficients.append(coefficient)
    }
    guard !coefficients.contains(.zero), Set(coefficients).count == coefficients.count else {
      throw ShapeError.notCanonical
    }
    var rowStarts: [UInt32] = [0]
    var columns: [UInt32] = []
    var indices: [UInt32] = []
    var used = 2
    for _ in 0..<rowCount {
      let count = try readNumber(below: 1 << 28)
      try readIncreasing(count: count, below: columnCount, into: &columns)
      for _ in 0..<count {
        let index = try readNumber(below: coefficients.count)
        // Coefficients are numbered in the order of their first use.
        guard index <= used else { throw ShapeError.notCanonical }
        if index == used { used += 1 }
        indices.append(UInt32(index))
      }
      rowStarts.append(UInt32(columns.count))
    }
    guard used == coefficients.count else { throw ShapeError.notCanonical }
    return SparseMatrix(
      columnCount: columnCount, rowStarts: rowStarts, entries: (columns: columns, coefficientIndices: indices),
      coefficients: coefficients)
  }

  /// Rows that use every combination, each for the first time in order.
  mutating func readRows(combinations: Int) throws -> [ConstraintRow] {
    let count = try readNumber(below: 1 << 28)
    guard count <= bytes.count - position else { throw ShapeError.truncated }
    var known = 0
    func index() throws -> UInt32 {
      let back = try readNumber(below: known + 1)
      guard back == 0 else { return UInt32(known - back) }
      known += 1
      return UInt32(known - 1)
    }
    let rows = try (0..<count).map { _ in try ConstraintRow(a: index(), b: index(), c: index()) }
    guard known == combinations else { throw ShapeError.notCanonical }
    return rows
  }
}
