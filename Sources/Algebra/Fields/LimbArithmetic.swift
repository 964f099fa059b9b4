// The four operations on single limbs that all wide arithmetic is made of. Wrapping operators are used here only
// where the bound stated makes overflow impossible.

/// left + right + carry as (sum mod 2^64, carry out), carries being 0 or 1.
@inlinable @inline(__always)
func addingWithCarry(_ left: UInt64, _ right: UInt64, _ carry: UInt64) -> (sum: UInt64, carry: UInt64) {
  let wide =
    UInt128(truncatingIfNeeded: left) &+ UInt128(truncatingIfNeeded: right)
    &+ UInt128(truncatingIfNeeded: carry)
  return (UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide &>> 64))
}

/// left - right - borrow as (difference mod 2^64, borrow out), borrows being 0 or 1.
@inlinable @inline(__always)
func subtractingWithBorrow(_ left: UInt64, _ right: UInt64, _ borrow: UInt64) -> (difference: UInt64, borrow: UInt64) {
  let wide =
    UInt128(truncatingIfNeeded: left) &- UInt128(truncatingIfNeeded: right)
    &- UInt128(truncatingIfNeeded: borrow)
  return (UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide &>> 64) & 1)
}

/// left * right + addend + carry as (low, high); it is at most 2^128 - 1 for any four limbs.
@inlinable @inline(__always)
func multiplyAdd(_ left: UInt64, _ right: UInt64, _ addend: UInt64, _ carry: UInt64) -> (low: UInt64, high: UInt64) {
  let wide =
    UInt128(truncatingIfNeeded: left) &* UInt128(truncatingIfNeeded: right)
    &+ UInt128(truncatingIfNeeded: addend) &+ UInt128(truncatingIfNeeded: carry)
  return (UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide &>> 64))
}
